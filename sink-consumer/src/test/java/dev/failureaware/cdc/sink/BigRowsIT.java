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
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Rows far above the megabyte that Kafka takes by default, with the project's settings. */
@QuarkusTest
@WithTestResource(KafkaAndPostgres.class)
class BigRowsIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int MEGABYTES = 20;
    private static final String DIGEST =
            "SELECT coalesce(string_agg(id || ':' || n || ':' || length(v) || ':' || md5(v),"
                    + " ' ' ORDER BY id), '') FROM big_rows";

    private final TestDatabase sink = TestPostgres.ofDatasource("");
    private final TestDatabase source = TestPostgres.freshDatabase().withSourceSchema();

    @Test
    void aTextOfTwentyMebibytesArrivesBySnapshotAndByStream() {
        source.execute(
                "CREATE TABLE big_rows (id int PRIMARY KEY, n int, v text); GRANT SELECT ON big_rows TO cdc_replicator;"
                        + " ALTER PUBLICATION cdc_publication ADD TABLE big_rows");
        insert(1);
        try (var connector = TestConnector.deploy(
                TestKafka.ofApplication(), source, "shop", "public.big_rows,public.cdc_heartbeat", Map.of())) {
            awaitEqual();
            insert(2);
            source.execute("UPDATE big_rows SET n = 7; INSERT INTO big_rows VALUES (3, 0, 'small')");
            awaitEqual();
        }
    }

    private void insert(int id) {
        source.execute("INSERT INTO big_rows SELECT " + id + ", 0, string_agg(md5((i * " + id + ")::text), '') FROM"
                + " generate_series(1, " + MEGABYTES * 1024 * 1024 / 32 + ") i");
    }

    private void awaitEqual() {
        await().atMost(PATIENCE)
                .until(() ->
                        sink.value("SELECT to_regclass('big_rows') IS NOT NULL").equals(true));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(sink.value(DIGEST)).isEqualTo(source.value(DIGEST)));
    }
}
