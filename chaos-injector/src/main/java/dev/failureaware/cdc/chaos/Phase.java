package dev.failureaware.cdc.chaos;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Where in a run something happened. */
enum Phase {
    SCENARIO,
    SCHEDULE,
    STEADY,
    INJECT,
    REVERT,
    SETTLE,
    OUTCOME,
    HEAL;

    @JsonValue
    String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
