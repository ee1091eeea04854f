package dev.failureaware.cdc.sink;

import static dev.failureaware.cdc.test.DebeziumType.INT8;
import static dev.failureaware.cdc.test.DebeziumType.TEXT;
import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.failureaware.cdc.test.DebeziumTable;
import dev.failureaware.cdc.test.KafkaAndPostgres;
import dev.failureaware.cdc.test.TestKafka;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** By the other setting nothing is parked behind a parked record: the partition waits in front of it. */
@QuarkusTest
@TestProfile(ParkedWaitIT.Waiting.class)
@WithTestResource(KafkaAndPostgres.class)
class ParkedWaitIT {
    public static class Waiting implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "sink.topic-prefix", "waits",
                    "sink.behind-parked", "wait",
                    "sink.dead-letter-topic", "",
                    "sink.stopped-retry", "500ms");
        }
    }

    private final Playground at = new Playground("waits");
    private final DebeziumTable table =
            DebeziumTable.named(at.name).key("id", INT8).nullable("a", TEXT);

    @AfterEach
    void close() {
        at.close();
    }

    private static Map<String, Object> row(long id, String a) {
        return Map.of("id", id, "a", a);
    }

    @Test
    void thePartitionWaitsAndGoesOnWhenTheRecordIsReplayed() throws Exception {
        at.commit(0, table.insert(row(0, "first")));
        at.awaitRows("id, a", "(0,first)");
        at.sink.execute("ALTER TABLE " + at.name + " ADD CONSTRAINT no_poison CHECK (a <> 'poison')");
        at.commit(1, table.insert(row(1, "poison")));
        await().atMost(Playground.PATIENCE)
                .until(() -> at.sink.count("_cdc.parked WHERE topic = '" + at.topic + "'") == 1);
        at.commit(1, table.insert(row(4, "before")));
        at.commit(1, table.update(row(1, "last")));
        at.commit(1, table.insert(row(7, "waits too")));
        at.commit(2, table.insert(row(2, "another partition")));

        at.awaitRows("id, a", "(0,first)", "(2,\"another partition\")", "(4,before)");
        await().atMost(Playground.PATIENCE)
                .untilAsserted(() -> assertThat(get("/q/health/well").asString())
                        .contains(at.topic + "-1", "offset 2 waits for offset 0"));
        assertThat(at.sink.count("_cdc.parked WHERE topic = '" + at.topic + "'"))
                .isEqualTo(1);

        at.sink.execute("ALTER TABLE " + at.name + " DROP CONSTRAINT no_poison");
        given().header("Authorization", "Bearer of-the-tests")
                .post("/parked/replay")
                .then()
                .statusCode(200);

        at.awaitRows("id, a", "(0,first)", "(1,last)", "(2,\"another partition\")", "(4,before)", "(7,\"waits too\")");
        await().atMost(Playground.PATIENCE).until(() -> get("/q/health/well").statusCode() == 200);
        try (var admin = Admin.create(Map.<String, Object>of("bootstrap.servers", TestKafka.ofApplication()))) {
            assertThat(admin.listTopics().names().get()).doesNotContain("waits-dead-letter");
        }
    }
}
