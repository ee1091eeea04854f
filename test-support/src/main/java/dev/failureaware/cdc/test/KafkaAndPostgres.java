package dev.failureaware.cdc.test;

import java.util.HashMap;
import java.util.Map;

/** {@link PostgresResource} and a Kafka broker, where Dev Services do not provide them. */
public class KafkaAndPostgres extends PostgresResource {
    @Override
    public Map<String, String> start() {
        if (TestServers.chosen() == TestServers.DEV_SERVICES) {
            return Map.of();
        }
        var config = new HashMap<>(super.start());
        config.put("kafka.bootstrap.servers", TestKafka.bootstrapServers());
        return config;
    }
}
