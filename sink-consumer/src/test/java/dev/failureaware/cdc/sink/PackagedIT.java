package dev.failureaware.cdc.sink;

import static dev.failureaware.cdc.test.DebeziumType.INT8;
import static dev.failureaware.cdc.test.DebeziumType.TEXT;
import static io.restassured.RestAssured.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.failureaware.cdc.test.DebeziumEvents;
import dev.failureaware.cdc.test.DebeziumTable;
import dev.failureaware.cdc.test.MetricsPage;
import dev.failureaware.cdc.test.TestDatabase;
import dev.failureaware.cdc.test.TestKafka;
import dev.failureaware.cdc.test.TestPostgres;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusIntegrationTest;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The packaged service, jar or native executable: what is reached by reflection is there. */
@Tag("packaged")
@QuarkusIntegrationTest
@WithTestResource(PackagedIT.Neighbours.class)
class PackagedIT {
    private static TestDatabase sink;
    private static String broker;

    /** Embedded, Docker or not: the executable knows nothing of Dev Services. */
    public static class Neighbours implements QuarkusTestResourceLifecycleManager {
        @Override
        public Map<String, String> start() {
            sink = TestPostgres.freshDatabase();
            broker = TestKafka.bootstrapServers();
            return Map.of(
                    "quarkus.datasource.reactive.url", sink.reactiveUrl(),
                    "quarkus.datasource.username", sink.user(),
                    "quarkus.datasource.password", sink.password(),
                    "kafka.bootstrap.servers", broker,
                    // The broker may hold tables of other tests that are stopped there on purpose.
                    "sink.topic-prefix", "packaged");
        }

        @Override
        public void stop() {}
    }

    @Test
    void anEventBecomesARow() throws Exception {
        TestKafka.createTopic(broker, "packaged.public.events", 1);
        var table = DebeziumTable.named("events").key("id", INT8).nullable("text", TEXT);
        try (var connector = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker), new StringSerializer(), new StringSerializer())) {
            for (var event : new DebeziumEvents().commit(table.insert(Map.of("id", 1L, "text", "a")))) {
                connector.send(event.from("packaged", "shop").record(0)).get();
            }
        }

        await().atMost(Duration.ofSeconds(60))
                .ignoreExceptions()
                .untilAsserted(
                        () -> assertThat(sink.value("SELECT text FROM events")).isEqualTo("a"));
        get("/q/health").then().statusCode(200);
        assertThat(MetricsPage.exposed("sink-consumer", get("/q/metrics").asString()))
                .isEqualTo(MetricsPage.of("sink-consumer"));
    }
}
