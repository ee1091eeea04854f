package dev.failureaware.cdc.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.failureaware.cdc.sink.apply.UnreachableException;
import dev.failureaware.cdc.sink.decode.Decoded;
import dev.failureaware.cdc.sink.plan.Plan.ParkedRecord;
import dev.failureaware.cdc.test.TestKafka;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;

class DeadLettersIT {
    private static final String TOPIC = "broker-away-dead-letter";

    private static SinkConfig config() {
        return new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .addDiscoveredConverters()
                .withMapping(SinkConfig.class)
                .withDefaultValue("sink.topic-prefix", "broker-away")
                .build()
                .getConfigMapping(SinkConfig.class);
    }

    /** With the topic's own settings: one that the broker makes by itself, where it does, does not take large records. */
    @Test
    void theTopicIsCreatedAlsoWhereTheBrokerWasAwayWhenItWasFirstNeeded() throws Exception {
        var address = "127.0.0.1:" + Forwarder.freePort();
        var record = new ParkedRecord(
                new Decoded.Undecodable(
                        new TopicPartition("broker-away.public.t", 0),
                        7,
                        null,
                        "{".getBytes(StandardCharsets.UTF_8),
                        null,
                        "no JSON"),
                null);
        var letters = new DeadLetters(Map.of("bootstrap.servers", address), "broker-away[.].*", config());
        try {
            assertThatThrownBy(() -> letters.send(List.of(record)).await().indefinitely())
                    .isInstanceOf(UnreachableException.class)
                    .hasMessageContaining("dead letter topic " + TOPIC);
            try (var broker = new Forwarder(address, TestKafka.bootstrapServers());
                    var admin = Admin.create(Map.of("bootstrap.servers", address))) {
                letters.send(List.of(record)).await().indefinitely();

                var topic = new ConfigResource(ConfigResource.Type.TOPIC, TOPIC);
                assertThat(admin.describeConfigs(List.of(topic))
                                .all()
                                .get()
                                .get(topic)
                                .get("max.message.bytes")
                                .value())
                        .isEqualTo("34603008");
            }
        } finally {
            letters.close();
        }
    }
}
