package dev.failureaware.cdc.load;

import java.time.Duration;

/** Pauses that double with each failure in a row, up to a bound. Not thread-safe. */
final class Backoff {
    private final Duration initial;
    private final Duration max;
    private Duration next;

    Backoff(Duration initial, Duration max) {
        this.initial = initial;
        this.max = max;
        this.next = initial;
    }

    Duration afterFailure() {
        var pause = next;
        var doubled = next.multipliedBy(2);
        next = doubled.compareTo(max) > 0 ? max : doubled;
        return pause;
    }

    void afterSuccess() {
        next = initial;
    }
}
