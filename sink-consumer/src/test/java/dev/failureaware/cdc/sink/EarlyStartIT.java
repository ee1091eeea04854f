package dev.failureaware.cdc.sink;

import static dev.failureaware.cdc.test.DebeziumType.INT8;
import static io.restassured.RestAssured.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.failureaware.cdc.test.DebeziumEvents;
import dev.failureaware.cdc.test.DebeziumTable;
import dev.failureaware.cdc.test.TestDatabase;
import dev.failureaware.cdc.test.TestKafka;
import dev.failureaware.cdc.test.TestPostgres;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.Test;

/** As in a deployment: this process runs before its role, its rights and the broker are there. */
@QuarkusTest
@WithTestResource(EarlyStartIT.NothingThereYet.class)
class EarlyStartIT {
    /** Embedded servers, Docker or not: the database without the service's role, and an address where no broker listens. */
    public static class NothingThereYet implements QuarkusTestResourceLifecycleManager {
        @Override
        public Map<String, String> start() {
            var database = TestPostgres.freshDatabase();
            return Map.of(
                    "quarkus.datasource.reactive.url", database.reactiveUrl(),
                    "quarkus.datasource.username", "late_comer",
                    "quarkus.datasource.password", database.password(),
                    // Else it would read all that other tests have left.
                    "sink.topic-prefix", "early",
                    "test.superuser", database.user(),
                    "test.kafka", TestKafka.bootstrapServers(),
                    "kafka.bootstrap.servers", "127.0.0.1:" + Forwarder.freePort());
        }

        @Override
        public void stop() {}
    }

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @Test
    void itLivesAndSaysWhatItWaitsForAndBeginsWhenAllIsThere() throws Exception {
        var broker = setting("test.kafka");
        var asRole = TestPostgres.ofDatasource("");
        var sink = new TestDatabase(
                asRole.host(), asRole.port(), asRole.name(), setting("test.superuser"), asRole.password());

        awaitReason("role \"late_comer\" does not exist");
        get("/q/health/live").then().statusCode(200);
        get("/q/health/started").then().statusCode(200);

        sink.execute("CREATE ROLE late_comer LOGIN");
        awaitReason("permission denied for database");
        sink.execute(
                "GRANT CREATE ON DATABASE " + sink.name() + " TO late_comer; GRANT ALL ON SCHEMA public TO late_comer");
        awaitReason("Kafka at " + TestKafka.ofApplication());
        get("/q/health/live").then().statusCode(200);

        try (var forwarder = new Forwarder(TestKafka.ofApplication(), broker)) {
            await().atMost(PATIENCE).until(() -> get("/q/health/ready").statusCode() == 200);
            TestKafka.createTopic(broker, "early.public.early", 1);
            try (var connector = new KafkaProducer<>(
                    Map.of("bootstrap.servers", broker), new StringSerializer(), new StringSerializer())) {
                var table = DebeziumTable.named("early").key("id", INT8);
                for (var event : new DebeziumEvents().commit(table.insert(Map.of("id", 1L)))) {
                    connector.send(event.from("early", "early").record(0)).get();
                }
            }
            await().atMost(PATIENCE).ignoreExceptions().until(() -> sink.count("early") == 1);
        }
        sink.execute("DROP OWNED BY late_comer CASCADE");
    }

    private static String setting(String name) {
        return ConfigProvider.getConfig().getValue(name, String.class);
    }

    private static void awaitReason(String part) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            var health = get("/q/health/ready");
            assertThat(health.statusCode()).isEqualTo(503);
            assertThat(health.jsonPath().getString("checks.find { it.name == 'sink' }.data.reason"))
                    .contains(part);
        });
    }
}
