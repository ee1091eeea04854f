package dev.failureaware.cdc.sink.decode;

import dev.failureaware.cdc.model.TableId;
import java.util.List;

/**
 * A captured table as one version of its event schema describes it. Instances are shared between all events of that
 * version.
 *
 * @param keyColumns names in the order of the record key; empty for a table without a key
 * @param schemaless whether the events carry no schema; the columns are then as the sink's table has them
 */
public record TableShape(TableId table, List<ColumnShape> columns, List<String> keyColumns, boolean schemaless) {

    public TableShape {
        columns = List.copyOf(columns);
        keyColumns = List.copyOf(keyColumns);
    }

    public TableShape(TableId table, List<ColumnShape> columns, List<String> keyColumns) {
        this(table, columns, keyColumns, false);
    }

    public boolean hasKey() {
        return !keyColumns.isEmpty();
    }
}
