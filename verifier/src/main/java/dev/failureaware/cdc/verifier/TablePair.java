package dev.failureaware.cdc.verifier;

import dev.failureaware.cdc.model.TableId;
import java.util.List;

/**
 * A table that both sides have, with what can be compared of it.
 *
 * @param columns columns that both sides have, in the source's order
 * @param key the source's key, or empty: then rows are compared as a multiset
 */
record TablePair(TableShape source, TableShape sink, List<String> columns, List<String> key) {

    static TablePair of(TableShape source, TableShape sink) {
        var columns = source.columns().stream()
                .map(Column::name)
                .filter(name -> sink.column(name).isPresent())
                .toList();
        return new TablePair(source, sink, columns, columns.containsAll(source.key()) ? source.key() : List.of());
    }

    TableId id() {
        return source.id();
    }

    boolean keyed() {
        return !key.isEmpty();
    }
}
