package dev.failureaware.cdc.verifier;

import dev.failureaware.cdc.model.TableId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A table as one side's catalog describes it.
 *
 * @param columns in the order of the table
 * @param key columns of the primary key; without one, of the replica identity's index or else of any index that is unique,
 *     total and without nulls; empty when there is none
 * @param tracked each row says which event wrote it, in columns of the sink-consumer
 */
record TableShape(TableId id, List<Column> columns, List<String> key, boolean tracked) {
    TableShape {
        columns = List.copyOf(columns);
        key = List.copyOf(key);
    }

    TableShape(TableId id, List<Column> columns, List<String> key) {
        this(id, columns, key, false);
    }

    Optional<Column> column(String name) {
        return columns.stream().filter(column -> column.name().equals(name)).findFirst();
    }

    Map<String, Column> byName() {
        return columns.stream().collect(Collectors.toMap(Column::name, Function.identity()));
    }
}
