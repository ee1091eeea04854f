package dev.failureaware.cdc.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.failureaware.cdc.model.TableId;
import java.util.List;
import org.junit.jupiter.api.Test;

class TopicsTest {
    private final Topics topics = new Topics("shop", List.of("cdc_heartbeat"));

    @Test
    void dataTopicsHaveASchemaAndATable() {
        assertThat(topics.isData("shop.public.t")).isTrue();
        assertThat(topics.isData("shop.message")).isFalse();
        assertThat(topics.isData("shop.transaction")).isFalse();
        assertThat(topics.isData("__debezium-heartbeat.shop")).isFalse();
        assertThat(topics.isData("shop2.public.t")).isFalse();
        assertThat(topics.isData("shop.public.cdc_heartbeat")).isFalse();
    }

    @Test
    void namesAreAsDebeziumMakesThem() {
        assertThat(topics.of(new TableId("Odd Schema", "a\"b"))).isEqualTo("shop.Odd_Schema.a_b");
    }
}
