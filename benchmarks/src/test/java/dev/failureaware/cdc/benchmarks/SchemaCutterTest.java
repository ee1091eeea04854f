package dev.failureaware.cdc.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SchemaCutterTest {
    private final SchemaCutter cutter = new SchemaCutter(true);

    @Test
    void leavesThePayloadByteForByte() {
        assertThat(cut("{\"schema\":{\"type\":\"string\"},\"payload\":{\"a\": \"ü\"}}"))
                .isEqualTo("{\"a\": \"ü\"}");
        assertThat(cut("{\"schema\":{\"type\":\"string\"},\"payload\":{}}")).isEqualTo("{}");
    }

    @Test
    void followsAChangeOfTheSchema() {
        assertThat(cut("{\"schema\":{\"version\":1},\"payload\":{\"a\":1}}")).isEqualTo("{\"a\":1}");
        assertThat(cut("{\"schema\":{\"version\":2},\"payload\":{\"a\":2}}")).isEqualTo("{\"a\":2}");
    }

    @Test
    void keepsTombstonesAndRefusesWhatHasNoSchema() {
        assertThat(cutter.payload(null)).isNull();
        assertThatThrownBy(() -> cut("{\"a\":1}")).isInstanceOf(BenchmarkException.class);
    }

    private String cut(String record) {
        return new String(cutter.payload(record.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
    }
}
