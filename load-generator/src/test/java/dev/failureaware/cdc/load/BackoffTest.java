package dev.failureaware.cdc.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackoffTest {
    @Test
    void doublesUpToItsBoundAndBeginsAgainAfterASuccess() {
        var backoff = new Backoff(Duration.ofMillis(100), Duration.ofMillis(300));

        assertThat(backoff.afterFailure()).hasMillis(100);
        assertThat(backoff.afterFailure()).hasMillis(200);
        assertThat(backoff.afterFailure()).hasMillis(300);
        assertThat(backoff.afterFailure()).hasMillis(300);

        backoff.afterSuccess();

        assertThat(backoff.afterFailure()).hasMillis(100);
    }
}
