package dev.failureaware.cdc.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class SinkPastTest {
    private static final TopicPartition P = new TopicPartition("t", 0);

    private final SinkPast past = new SinkPast();

    @Test
    void theFirstTransactionAfterAnEventWasPassedIsKnown() {
        past.seen(Map.of(P, 10L), 100);
        past.seen(Map.of(P, 10L), 110);
        past.seen(Map.of(P, 20L), 120);

        assertThat(past.passed(P, 9)).hasValue(100);
        assertThat(past.passed(P, 10)).hasValue(120);
        assertThat(past.passed(P, 20)).isEmpty();
        assertThat(past.passed(new TopicPartition("t", 1), 0)).isEmpty();
    }

    @Test
    void aSinkThatWasRewoundHasPassedNothing() {
        past.seen(Map.of(P, 20L), 100);
        past.seen(Map.of(P, 5L), 110);

        assertThat(past.passed(P, 10)).isEmpty();
        assertThat(past.passed(P, 4)).hasValue(110);
    }

    @Test
    void memoryIsBoundedAndForgetsTheOldest() {
        for (var i = 1; i <= 10_000; i++) {
            past.seen(Map.of(P, (long) i), i);
        }

        assertThat(past.passed(P, 0)).hasValue(9_401);
        assertThat(past.passed(P, 9_999)).hasValue(10_000);
    }
}
