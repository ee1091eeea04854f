package dev.failureaware.cdc.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.failureaware.cdc.test.KafkaAndPostgres;
import dev.failureaware.cdc.test.TestConnector;
import dev.failureaware.cdc.test.TestDatabase;
import dev.failureaware.cdc.test.TestKafka;
import dev.failureaware.cdc.test.TestPostgres;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What is told by positions, not by the order of arrival: through the real connector, with writers that do not rest. */
@QuarkusTest
@WithTestResource(KafkaAndPostgres.class)
class CapturedPositionsIT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final TestDatabase sink = TestPostgres.ofDatasource("");
    private final TestDatabase source = TestPostgres.freshDatabase().withSourceSchema();

    private TestConnector capture(String prefix, Map<String, String> settings) {
        return TestConnector.deploy(
                TestKafka.ofApplication(), source, "shop", "public." + prefix + ".*,public.cdc_heartbeat", settings);
    }

    private void create(String table, String columns) {
        source.execute("CREATE TABLE " + table + " (" + columns + "); ALTER PUBLICATION cdc_publication ADD TABLE "
                + table + "; GRANT SELECT ON " + table + " TO cdc_replicator");
    }

    private void awaitEqual(String... tables) {
        for (var table : tables) {
            await().atMost(PATIENCE)
                    .until(() -> sink.value("SELECT to_regclass('" + table + "') IS NOT NULL")
                            .equals(true));
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(rows(sink, table)).as(table).isEqualTo(rows(source, table)));
        }
    }

    private static List<Map<String, Object>> rows(TestDatabase database, String table) {
        return database.query("SELECT id, v FROM " + table + " ORDER BY 1, 2");
    }

    @Test
    void tablesThatAreTruncatedTogetherWhileTheyAreWrittenEndEqual() throws Exception {
        create("trunc_parent", "id int PRIMARY KEY, v text");
        create("trunc_child", "id int PRIMARY KEY, v int REFERENCES trunc_parent");
        source.execute("INSERT INTO trunc_parent SELECT i, 'seed' FROM generate_series(1, 50) i;"
                + " INSERT INTO trunc_child SELECT i, i FROM generate_series(1, 50) i");
        try (var connector = capture("trunc_", Map.of())) {
            awaitEqual("trunc_parent", "trunc_child");
            var stop = new AtomicBoolean();
            var writers = List.of(writer(1, stop), writer(2, stop));
            for (var round = 0; round < 4; round++) {
                var seen = source.count("trunc_parent");
                await().atMost(PATIENCE).until(() -> source.count("trunc_parent") > seen);
                var id = -10 * (round + 1);
                source.execute("BEGIN; LOCK TABLE trunc_parent, trunc_child; INSERT INTO trunc_parent VALUES (" + id
                        + ", 'before');"
                        + " TRUNCATE trunc_parent CASCADE; INSERT INTO trunc_parent VALUES (" + id + ", 'after'), ("
                        + (id - 1) + ", 'after'); INSERT INTO trunc_child VALUES (" + id + ", " + id + "); COMMIT");
                if (round == 1) {
                    connector.snapshotAgain();
                }
            }
            stop.set(true);
            for (var writer : writers) {
                writer.get();
            }
            awaitEqual("trunc_parent", "trunc_child");
        }
        assertThat(sink.count("_cdc.truncates WHERE table_name LIKE 'trunc\\_%'"))
                .isEqualTo(2);
        assertThat(sink.count("_cdc.parked WHERE topic LIKE 'shop.public.trunc\\_%'"))
                .isZero();
    }

    private CompletableFuture<Void> writer(int number, AtomicBoolean stop) {
        var random = new Random(number);
        return CompletableFuture.runAsync(() -> {
            while (!stop.get()) {
                var id = random.nextInt(60) * 2 + number;
                source.execute("INSERT INTO trunc_parent VALUES (" + id + ", 'w') ON CONFLICT (id) DO UPDATE SET v = '"
                        + random.nextInt() + "'; INSERT INTO trunc_child SELECT id, id FROM trunc_parent WHERE id = "
                        + id
                        + " ON CONFLICT DO NOTHING; DELETE FROM trunc_child WHERE id = " + random.nextInt(120));
            }
        });
    }
}
