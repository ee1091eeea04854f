package dev.failureaware.cdc.verifier;

import dev.failureaware.cdc.model.TableId;
import java.util.List;

/**
 * A table that both sides have, with what can be compared of it.
 *
 * @param compared columns that both sides have, in the source's order
 * @param key the source's key, or empty: then rows are compared as a multiset
 */
record TablePair(TableShape source, TableShape sink, List<ComparedColumn> compared, List<ComparedColumn> key) {

    static TablePair of(TableShape source, TableShape sink) {
        var atSink = sink.byName();
        var compared = source.columns().stream()
                .filter(column -> atSink.containsKey(column.name()))
                .map(column -> ComparedColumn.of(column, atSink.get(column.name())))
                .toList();
        var key = source.key().stream()
                .flatMap(
                        name -> compared.stream().filter(column -> column.name().equals(name)))
                .toList();
        return new TablePair(source, sink, compared, key.size() == source.key().size() ? key : List.of());
    }

    TableId id() {
        return source.id();
    }

    List<String> columns() {
        return compared.stream().map(ComparedColumn::name).toList();
    }

    boolean keyed() {
        return !key.isEmpty();
    }

    /** Keys can be cut into ranges by their order: an index finds them, and no row is outside of all ranges. */
    boolean ordered() {
        return keyed()
                && key.stream().allMatch(column -> column.canonical().cast() != null && !column.nullableAtSink());
    }
}
