package dev.failureaware.cdc.sink.apply;

import dev.failureaware.cdc.model.TableId;
import dev.failureaware.cdc.sink.plan.Plan.KeyChange;
import java.util.Set;

/** Rows have not left their old keys yet: the deletes that tell their values are in other partitions. Nothing was written. */
public final class AwaitedRowException extends RuntimeException {
    private final transient TableId table;
    private final transient Set<KeyChange> changes;

    AwaitedRowException(TableId table, Set<KeyChange> changes) {
        super("rows of " + table + " have not left their old keys yet");
        this.table = table;
        this.changes = Set.copyOf(changes);
    }

    public TableId table() {
        return table;
    }

    /** Those of which the insert came before the delete. */
    public Set<KeyChange> changes() {
        return changes;
    }
}
