package dev.failureaware.cdc.model;

/** What a check says; ordered, so that of several the worst wins. */
public enum Verdict {
    /** Proven equal, past a fence. */
    PASS,
    /** Not equal yet, and events still in flight can explain every difference. */
    SYNC_IN_PROGRESS,
    /** The check could not be made. Never a pass. */
    UNKNOWN,
    /** A difference that no event in flight explains. */
    FAIL;

    public Verdict and(Verdict other) {
        return compareTo(other) >= 0 ? this : other;
    }
}
