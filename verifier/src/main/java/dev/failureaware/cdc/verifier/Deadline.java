package dev.failureaware.cdc.verifier;

import java.time.Duration;

/** A moment that work must not outlast, on the clock that never jumps. */
record Deadline(long atNanos) {
    static Deadline in(Duration limit) {
        return new Deadline(System.nanoTime() + limit.toNanos());
    }

    Deadline orSooner(Duration limit) {
        var other = in(limit);
        return other.atNanos - atNanos < 0 ? other : this;
    }

    /** This moment, but not before the given time from now. */
    Deadline orLater(Duration grace) {
        var other = in(grace);
        return other.atNanos - atNanos > 0 ? other : this;
    }

    boolean passed() {
        return System.nanoTime() - atNanos >= 0;
    }

    /** At least one millisecond, so that it may be handed to calls that refuse zero. */
    Duration remaining() {
        return Duration.ofNanos(Math.max(1_000_000, atNanos - System.nanoTime()));
    }
}
