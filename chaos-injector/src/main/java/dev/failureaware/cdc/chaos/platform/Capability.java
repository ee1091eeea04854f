package dev.failureaware.cdc.chaos.platform;

import java.util.Arrays;
import java.util.Optional;

/** What a fault may ask of a platform. */
public enum Capability {
    /** The process that runs the connector can be killed and comes back. */
    WORKER("start_worker"),
    /** The sink-consumer can be taken away and given back. */
    SINK_CONSUMER("start_sink_consumer"),
    /** The connector can be stopped, made to forget its offsets, and resumed. */
    CONNECTOR("resume_connector");

    private final String undo;

    Capability(String undo) {
        this.undo = undo;
    }

    /** The name of its undo in journals, events and reports. */
    public String undoId() {
        return undo;
    }

    static Optional<Capability> ofUndo(String id) {
        return Arrays.stream(values()).filter(each -> each.undo.equals(id)).findFirst();
    }
}
