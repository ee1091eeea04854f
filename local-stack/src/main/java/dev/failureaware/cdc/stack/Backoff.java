package dev.failureaware.cdc.stack;

import java.time.Duration;

/** How long to wait before a process that died by itself is started again. Not safe for use by several threads. */
final class Backoff {
    static final Duration FIRST = Duration.ofSeconds(1);
    static final Duration LONGEST = Duration.ofSeconds(15);
    /** A process that ran this long has recovered: its next death counts as the first. */
    static final Duration FORGIVEN_AFTER = Duration.ofSeconds(60);

    private Duration next = FIRST;

    Duration afterRunning(Duration uptime) {
        if (uptime.compareTo(FORGIVEN_AFTER) >= 0) {
            next = FIRST;
        }
        var delay = next;
        next = delay.multipliedBy(2).compareTo(LONGEST) > 0 ? LONGEST : delay.multipliedBy(2);
        return delay;
    }

    void reset() {
        next = FIRST;
    }
}
