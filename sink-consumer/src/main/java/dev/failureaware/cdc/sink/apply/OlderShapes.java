package dev.failureaware.cdc.sink.apply;

import dev.failureaware.cdc.sink.decode.ColumnShape;
import dev.failureaware.cdc.sink.plan.Plan.RowUpsert;
import dev.failureaware.cdc.sink.plan.Plan.UpsertGroup;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Puts the values of events from before a change where the columns are now. */
final class OlderShapes {
    private OlderShapes() {}

    static List<String> places(List<String> columns, SinkTable sink) {
        return columns.stream()
                .map(column -> sink.placeOf(column).orElse(column))
                .toList();
    }

    static UpsertGroup placed(UpsertGroup group, SinkTable sink) {
        if (Stream.concat(group.columns().stream(), group.carried().stream())
                .allMatch(column -> sink.has(column.name()))) {
            return group;
        }
        var own = new HashSet<String>();
        group.columns().forEach(column -> own.add(column.name()));
        var columns = new ArrayList<ColumnShape>();
        var positions = new ArrayList<Integer>();
        for (var i = 0; i < group.columns().size(); i++) {
            var column = group.columns().get(i);
            var place = place(column, sink, own);
            if (place.isPresent()) {
                columns.add(place.get());
                positions.add(i);
            }
        }
        var carried = group.carried().stream()
                .flatMap(column -> place(column, sink, own).stream())
                .toList();
        var rows = group.rows().stream()
                .map(row -> new RowUpsert(
                        positions.stream().map(row.values()::get).collect(Collectors.toCollection(ArrayList::new)),
                        row.operation(),
                        row.lsn(),
                        row.after(),
                        row.commitMicros(),
                        row.arrival()))
                .toList();
        return new UpsertGroup(
                places(group.keyColumns(), sink),
                columns,
                carried,
                group.ofSnapshot(),
                group.onlyWhereThereIsOne(),
                rows);
    }

    /** @param taken names that have a value; a value under the new name wins over one under the old name */
    private static Optional<ColumnShape> place(ColumnShape column, SinkTable sink, Set<String> taken) {
        return sink.placeOf(column.name())
                .filter(place -> place.equals(column.name()) || taken.add(place))
                .map(place ->
                        new ColumnShape(place, column.type(), column.nullable(), column.defaultText(), column.form()));
    }
}
