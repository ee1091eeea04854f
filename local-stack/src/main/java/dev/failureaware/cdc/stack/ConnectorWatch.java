package dev.failureaware.cdc.stack;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Restarts a failed connector or task, as Strimzi's autoRestart does: with growing pauses and a bound, because some failures
 * (a gap in the log) must stay failed until a person has looked. Counting begins again after an hour without failure.
 */
final class ConnectorWatch {
    static final int MOST_RESTARTS = 7;
    private static final Duration LOOK_EVERY = Duration.ofSeconds(2);
    private static final Duration FORGIVEN_AFTER = Duration.ofHours(1);

    private final Connector connector;
    private int restarts;
    private Instant notBefore = Instant.MIN;

    ConnectorWatch(Connector connector) {
        this.connector = connector;
    }

    void start(ScheduledExecutorService timer) {
        timer.scheduleWithFixedDelay(this::look, LOOK_EVERY.toMillis(), LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            var status = connector.status();
            var now = Instant.now();
            if (!status.failed() || now.isBefore(notBefore)) {
                return;
            }
            if (notBefore != Instant.MIN && now.isAfter(notBefore.plus(FORGIVEN_AFTER))) {
                restarts = 0;
            }
            if (restarts == MOST_RESTARTS) {
                return;
            }
            restarts++;
            notBefore = now.plus(pause(restarts));
            System.out.printf(
                    "%s %s: restart %d of at most %d%s%n", now, status.text(), restarts, MOST_RESTARTS, status.trace());
            connector.restartFailed();
        } catch (IOException e) {
            // The worker is away or busy; its own supervision takes care of that.
            return;
        }
    }

    /** 2 s, 4 s, 8 s … */
    static Duration pause(int restart) {
        return Duration.ofSeconds(1L << restart);
    }
}
