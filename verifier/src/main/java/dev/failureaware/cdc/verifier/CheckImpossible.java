package dev.failureaware.cdc.verifier;

/** A check could not be made, so its verdict is UNKNOWN. The message says to people what was in the way. */
class CheckImpossible extends RuntimeException {
    CheckImpossible(String reason) {
        super(reason);
    }

    CheckImpossible(String reason, Throwable cause) {
        super(reason, cause);
    }

    /** A table changed its shape while it was read; the same work may succeed with a fresh look at the catalog. */
    static final class ShapeChanged extends CheckImpossible {
        ShapeChanged(String reason, Throwable cause) {
            super(reason, cause);
        }
    }
}
