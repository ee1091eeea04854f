package dev.failureaware.cdc.sink.apply;

import dev.failureaware.cdc.sink.decode.TableShape;
import dev.failureaware.cdc.sink.plan.Plan.ShapeUse;

/** The events of a shape cannot be applied until somebody decides or mends something. Nothing of the batch was written. */
public final class TableStoppedException extends RuntimeException {
    private final transient ShapeUse use;

    public TableStoppedException(ShapeUse use, String reason) {
        super(reason);
        this.use = use;
    }

    /** The first shape that the table cannot take. */
    public ShapeUse use() {
        return use;
    }

    public TableShape shape() {
        return use.shape();
    }
}
