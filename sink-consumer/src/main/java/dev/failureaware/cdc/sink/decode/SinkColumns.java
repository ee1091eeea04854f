package dev.failureaware.cdc.sink.decode;

import dev.failureaware.cdc.model.TableId;
import java.util.List;

/** The columns of the sink's tables, for events that carry no schema: what a value means follows from its column's type there. */
public interface SinkColumns {

    /** In the catalog's order; empty where the table does not exist. Waits for the database as long as it takes. */
    List<ColumnShape> of(TableId table);
}
