package dev.failureaware.cdc.verifier;

import java.util.Locale;

/** The checks that a scenario can ask for. */
enum CheckName {
    ROW_COUNT_MATCH,
    DATA_INTEGRITY,
    NO_ORPHANS,
    SCHEMA_COMPATIBILITY;

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
