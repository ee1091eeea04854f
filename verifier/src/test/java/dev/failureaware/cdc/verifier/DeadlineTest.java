package dev.failureaware.cdc.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DeadlineTest {
    private static final Duration HOUR = Duration.ofHours(1);

    @Test
    void theSoonerOrTheLaterOfTwoMomentsIsTaken() {
        var now = Deadline.in(Duration.ZERO);
        var late = Deadline.in(HOUR.multipliedBy(2));

        assertThat(now.orSooner(HOUR)).isEqualTo(now);
        assertThat(late.orSooner(HOUR).remaining()).isLessThanOrEqualTo(HOUR);
        assertThat(late.orLater(HOUR)).isEqualTo(late);
        assertThat(now.orLater(HOUR).passed()).isFalse();
    }
}
