package dev.failureaware.cdc.verifier;

import java.util.Locale;

/**
 * What is wrong with a row, as exactly as it can be proven. Each row that differs has one class; the general ones stand for
 * what nothing more is known of.
 */
enum RowClass {
    /** Not at the sink. */
    MISSING(Look.Finding.MISSING, CheckName.DATA_INTEGRITY, "rows are missing at the sink"),
    /** With other values. */
    MISMATCH(Look.Finding.MISMATCH, CheckName.DATA_INTEGRITY, "rows differ"),
    /** The sink has a version of the row that a later event in the topic replaced. */
    STALE(
            Look.Finding.MISMATCH,
            CheckName.DATA_INTEGRITY,
            "rows are older at the sink than the topic's last event of them"),
    /** The sink holds what Debezium sends in place of a large value that did not change. */
    TOAST_LEAK(
            Look.Finding.MISMATCH,
            CheckName.DATA_INTEGRITY,
            "rows hold Debezium's placeholder in place of a large value"),
    /** Not at the source. */
    ORPHAN(Look.Finding.ORPHAN, CheckName.NO_ORPHANS, "rows are at the sink only"),
    /** Not at the source, and written by the sink when it was past their delete. */
    RESURRECTED(Look.Finding.ORPHAN, CheckName.NO_ORPHANS, "rows came back at the sink after their delete"),
    /** At the sink more often than at the source. */
    DUPLICATE(Look.Finding.ORPHAN, CheckName.NO_ORPHANS, "rows are at the sink more often than at the source");

    private final Look.Finding family;
    private final CheckName check;
    private final String words;

    RowClass(Look.Finding family, CheckName check, String words) {
        this.family = family;
        this.check = check;
        this.words = words;
    }

    /** What can be told without looking at values or events. */
    static RowClass of(Look look) {
        return switch (look.finding()) {
            case MISSING -> MISSING;
            case MISMATCH -> MISMATCH;
            case ORPHAN -> look.after().rows() > 0 ? DUPLICATE : ORPHAN;
            case EQUAL, CHANGING -> throw new IllegalArgumentException("no difference: " + look);
        };
    }

    Look.Finding family() {
        return family;
    }

    /** The check that fails for it. */
    CheckName check() {
        return check;
    }

    /** As they follow a number. */
    String words() {
        return words;
    }

    /** As reports write it. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
