package dev.failureaware.cdc.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private static final Duration MOMENT = Duration.ofSeconds(2);

    private final Backoff backoff = new Backoff();

    @Test
    void thePauseDoublesUpToItsBound() {
        var pauses =
                Stream.generate(() -> backoff.afterRunning(MOMENT).toSeconds()).limit(7);

        assertThat(pauses).containsExactly(1L, 2L, 4L, 8L, 15L, 15L, 15L);
    }

    @Test
    void aProcessThatRanForAWhileStartsAgainAtTheFirstPause() {
        backoff.afterRunning(MOMENT);
        backoff.afterRunning(MOMENT);

        assertThat(backoff.afterRunning(Backoff.FORGIVEN_AFTER)).isEqualTo(Backoff.FIRST);
    }
}
