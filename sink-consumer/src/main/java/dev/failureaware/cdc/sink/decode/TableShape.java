package dev.failureaware.cdc.sink.decode;

import dev.failureaware.cdc.model.TableId;
import java.util.List;

/**
 * A captured table as one version of its event schema describes it. Instances are shared between all events of that
 * version.
 *
 * @param keyColumns names in the order of the record key; empty for a table without a key
 */
public record TableShape(TableId table, List<ColumnShape> columns, List<String> keyColumns) {

    public TableShape {
        columns = List.copyOf(columns);
        keyColumns = List.copyOf(keyColumns);
    }

    public boolean hasKey() {
        return !keyColumns.isEmpty();
    }
}
