package dev.failureaware.cdc.chaos;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What may have to be undone after a fault. Each can be done again, and is harmless when there is nothing to undo. */
enum Undo {
    START_WORKER,
    START_SINK_CONSUMER,
    RESUME_CONNECTOR;

    @JsonValue
    String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Undo> of(String id) {
        return Arrays.stream(values()).filter(undo -> undo.id().equals(id)).findFirst();
    }
}
