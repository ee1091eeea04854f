package dev.failureaware.cdc.sink.apply;

import dev.failureaware.cdc.sink.decode.ColumnShape;
import dev.failureaware.cdc.sink.plan.Plan.RowUpsert;
import dev.failureaware.cdc.sink.plan.Plan.UpsertGroup;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;

/** Puts the values of events from before a change where the columns are now. */
final class OlderShapes {
    private OlderShapes() {}

    static List<String> places(List<String> columns, SinkTable sink) {
        return columns.stream()
                .map(column -> sink.placeOf(column).orElse(column))
                .toList();
    }

    static UpsertGroup placed(UpsertGroup group, SinkTable sink) {
        if (group.columns().stream().allMatch(column -> sink.has(column.name()))) {
            return group;
        }
        var own = new HashSet<String>();
        group.columns().forEach(column -> own.add(column.name()));
        var columns = new ArrayList<ColumnShape>();
        var positions = new ArrayList<Integer>();
        for (var i = 0; i < group.columns().size(); i++) {
            var column = group.columns().get(i);
            var place = sink.placeOf(column.name());
            // A value under the new name wins over one under the old name.
            if (place.isPresent() && (place.get().equals(column.name()) || own.add(place.get()))) {
                columns.add(new ColumnShape(
                        place.get(), column.type(), column.nullable(), column.defaultText(), column.form()));
                positions.add(i);
            }
        }
        var rows = group.rows().stream()
                .map(row -> new RowUpsert(
                        positions.stream().map(row.values()::get).collect(Collectors.toCollection(ArrayList::new)),
                        row.operation(),
                        row.lsn(),
                        row.after(),
                        row.commitMicros()))
                .toList();
        return new UpsertGroup(
                places(group.keyColumns(), sink), columns, group.ofSnapshot(), group.onlyWhereThereIsOne(), rows);
    }
}
