package dev.failureaware.cdc.sink.plan;

import dev.failureaware.cdc.sink.decode.ColumnShape;
import dev.failureaware.cdc.sink.decode.TableShape;
import dev.failureaware.cdc.sink.plan.Plan.RowUpsert;
import dev.failureaware.cdc.sink.plan.Plan.UpsertGroup;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The rows of a shape, grouped by the columns that they give values for. */
final class UpsertGroups {
    /** How a group's rows differ from those of others of the shape. */
    private record Content(
            List<ColumnShape> columns, List<ColumnShape> carried, boolean ofSnapshot, boolean onlyWhereThereIsOne) {}

    private final TableShape shape;
    private final Map<Content, UpsertGroup> byContent = new LinkedHashMap<>();
    /** Of rows with all columns: by far the most. */
    private final UpsertGroup[] whole = new UpsertGroup[2];

    UpsertGroups(TableShape shape) {
        this.shape = shape;
    }

    List<RowUpsert> whole(boolean ofSnapshot) {
        var index = ofSnapshot ? 1 : 0;
        if (whole[index] == null) {
            whole[index] = group(shape.columns(), List.of(), ofSnapshot, false);
        }
        return whole[index].rows();
    }

    UpsertGroup group(
            List<ColumnShape> columns, List<ColumnShape> carried, boolean ofSnapshot, boolean onlyWhereThereIsOne) {
        return byContent.computeIfAbsent(
                new Content(columns, carried, ofSnapshot, onlyWhereThereIsOne),
                content -> new UpsertGroup(
                        shape.keyColumns(), columns, carried, ofSnapshot, onlyWhereThereIsOne, new ArrayList<>()));
    }

    List<UpsertGroup> all() {
        return List.copyOf(byContent.values());
    }
}
