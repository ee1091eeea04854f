package dev.failureaware.cdc.sink.decode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.failureaware.cdc.model.LogKeys;
import dev.failureaware.cdc.model.TableId;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.MDC;
import org.junit.jupiter.api.Test;

class LogPlaceTest {
    @Test
    void whenTheInnerPlaceIsLeftTheOuterOneHoldsAgain() {
        try (var batch = LogPlace.of(new TopicPartition("shop.public.t", 2), 10)) {
            try (var record = LogPlace.of(new Decoded.Tombstone(new TopicPartition("shop.public.t", 2), 17))) {
                assertThat(MDC.get(LogKeys.OFFSET)).isEqualTo("17");
            }
            try (var table = LogPlace.of(new TableId("public", "t"), 0x16B374D848L)) {
                assertThat(MDC.get(LogKeys.TABLE)).isEqualTo("public.t");
                assertThat(MDC.get(LogKeys.POSITION)).isEqualTo("16/B374D848");
                assertThat(MDC.get(LogKeys.OFFSET)).isEqualTo("10");
            }
            assertThat(MDC.get(LogKeys.TOPIC)).isEqualTo("shop.public.t");
            assertThat(MDC.get(LogKeys.PARTITION)).isEqualTo("2");
            assertThat(MDC.get(LogKeys.OFFSET)).isEqualTo("10");
            assertThat(MDC.get(LogKeys.TABLE)).isNull();
        }
        assertThat(MDC.getMap()).isEmpty();
    }
}
