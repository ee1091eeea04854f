package dev.failureaware.cdc.verifier;

import java.util.Locale;

/** The checks that a scenario can ask for. */
enum CheckName {
    ROW_COUNT_MATCH,
    DATA_INTEGRITY,
    NO_ORPHANS,
    SCHEMA_COMPATIBILITY,
    /** Every table of the source is on its way to the sink. */
    CAPTURE;

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
