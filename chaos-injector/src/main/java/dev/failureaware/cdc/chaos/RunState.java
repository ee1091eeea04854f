package dev.failureaware.cdc.chaos;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What the injector does. */
enum RunState {
    /** Waits for its turn: another injector leads, or nobody knows yet who does. */
    STANDBY,
    /** Nothing, and nothing was run since its start. */
    IDLE,
    /** Undoes what an earlier life left broken; nothing can be run meanwhile. */
    HEALING,
    RUNNING,
    /** The last run came to its end, whatever its verdict. */
    FINISHED,
    /** The last run was stopped before its end. */
    ABORTED;

    @JsonValue
    String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
