package dev.failureaware.cdc.sink;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class MissingOffsetsExceptionTest {
    private static final TopicPartition PARTITION = new TopicPartition("shop.public.t", 1);

    @Test
    void nothingIsMissingInsideTheLog() {
        assertThat(MissingOffsetsException.check(PARTITION, 5, 5, 9)).isEmpty();
        assertThat(MissingOffsetsException.check(PARTITION, 9, 5, 9)).isEmpty();
    }

    @Test
    void retentionThatOutranTheSinkIsToldWithItsSize() {
        assertThat(MissingOffsetsException.check(PARTITION, 3, 5, 9).orElseThrow())
                .hasMessageContaining("retention removed 2 offsets");
    }

    @Test
    void aTopicThatEndsBeforeTheSinkWasMadeAnew() {
        assertThat(MissingOffsetsException.check(PARTITION, 10, 0, 9).orElseThrow())
                .hasMessageContaining("created again");
    }
}
