package dev.failureaware.cdc.chaos;

/** What became of a failure, or of a run; ordered, so that of several the worst wins. */
enum OutcomeVerdict {
    /** It hit, and both sides were proven equal within the tolerance. */
    PASS,
    /** It did not happen, or nothing shows that it hit anything. Never a pass. */
    INCONCLUSIVE,
    /** Nobody could say whether both sides are equal. Never a pass. */
    UNKNOWN,
    /** Both sides were not equal within the tolerance, or the failure could not be undone. */
    FAIL;

    OutcomeVerdict and(OutcomeVerdict other) {
        return compareTo(other) >= 0 ? this : other;
    }
}
