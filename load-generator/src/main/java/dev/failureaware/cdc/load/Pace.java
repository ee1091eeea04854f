package dev.failureaware.cdc.load;

import java.time.Duration;

/**
 * A schedule with one slot every 1/rate seconds. Whoever is late by less than the catch-up time gets the missed slots at
 * once; what was missed before that is dropped, so that an outage is not followed by a storm. Not thread-safe.
 */
final class Pace {
    private final long intervalNanos;
    private final long maxLateNanos;
    private long nextNanos;

    Pace(double perSecond, Duration maxCatchUp, long nowNanos) {
        intervalNanos = Math.max(1, Math.round(1e9 / perSecond));
        maxLateNanos = maxCatchUp.toNanos();
        nextNanos = nowNanos;
    }

    /** Takes the next slot and tells how many nanoseconds it is away; 0 when it is due. */
    long takeSlot(long nowNanos) {
        nextNanos = Math.max(nextNanos, nowNanos - maxLateNanos);
        var wait = Math.max(0, nextNanos - nowNanos);
        nextNanos += intervalNanos;
        return wait;
    }
}
