package dev.failureaware.cdc.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.failureaware.cdc.test.KafkaAndPostgres;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A pipeline that is not ours, without Kafka: PostgreSQL's own logical replication. */
@QuarkusTest
@TestProfile(MarkerFenceIT.Marker.class)
@QuarkusTestResource(
        value = KafkaAndPostgres.class,
        initArgs = @ResourceArg(name = KafkaAndPostgres.DATASOURCES, value = "source,sink"))
class MarkerFenceIT {
    public static class Marker implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            // Nothing may be asked of Kafka: there is none.
            return Map.of("verifier.fence", "marker", "kafka.bootstrap.servers", "127.0.0.1:1");
        }
    }

    private TestPipeline pipeline;

    @BeforeEach
    void replicate() {
        pipeline = TestPipeline.freshWithoutKafka();
        pipeline.sink.execute("DROP SCHEMA _cdc CASCADE");
        pipeline.onBoth("CREATE TABLE t (id int PRIMARY KEY, v text, n int);"
                + " CREATE TABLE cdc_fence (id int PRIMARY KEY, token text NOT NULL)");
        pipeline.source.query("SELECT pg_create_logical_replication_slot('marker_test', 'pgoutput')");
        var source = pipeline.source;
        pipeline.sink.execute(
                "CREATE SUBSCRIPTION marker_test CONNECTION 'host=%s port=%d dbname=%s user=%s password=''%s''' PUBLICATION cdc_publication WITH (create_slot = false, copy_data = false)"
                        .formatted(source.host(), source.port(), source.name(), source.user(), source.password()));
    }

    @AfterEach
    void stop() {
        pipeline.sink.execute("ALTER SUBSCRIPTION marker_test DISABLE");
        pipeline.sink.execute("ALTER SUBSCRIPTION marker_test SET (slot_name = NONE)");
        pipeline.sink.execute("DROP SUBSCRIPTION marker_test");
        pipeline.source.query("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots"
                + " WHERE slot_name = 'marker_test' AND active");
        org.awaitility.Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .ignoreExceptions()
                .until(() -> {
                    pipeline.source.query("SELECT pg_drop_replication_slot('marker_test')");
                    return true;
                });
    }

    @Test
    void verdictsAreExactWhileAWriterNeverRests() throws Exception {
        var writer = Executors.newSingleThreadScheduledExecutor();
        try (var connection = pipeline.source.connect()) {
            pipeline.source.execute("INSERT INTO t SELECT i, 'v', 0 FROM generate_series(1, 200) i");
            var random = new Random(1);
            writer.scheduleWithFixedDelay(
                    () -> {
                        try (var statement = connection.createStatement()) {
                            var id = 1 + random.nextInt(150);
                            statement.execute(
                                    random.nextInt(3) == 0
                                            ? "DELETE FROM t WHERE id = " + id
                                            : "INSERT INTO t VALUES (" + id
                                                    + ", 'v', 0) ON CONFLICT (id) DO UPDATE SET n = t.n + 1");
                        } catch (java.sql.SQLException e) {
                            throw new IllegalStateException(e);
                        }
                    },
                    0,
                    2,
                    TimeUnit.MILLISECONDS);
            var verdicts = new ArrayList<String>();
            for (var i = 0; i < 8; i++) {
                var report = pipeline.verify("20s");
                verdicts.add(report.getString("status") + " " + report.getString("reason"));
            }
            assertThat(verdicts).containsOnly("PASS null");

            pipeline.sink.execute("UPDATE t SET v = 'wrong' WHERE id = 177; DELETE FROM t WHERE id = 188");
            var wrong = pipeline.verify("20s");

            assertThat(wrong.getString("status")).isEqualTo("FAIL");
            assertThat(wrong.getList("tables.t.differences.key", String.class)).containsExactlyInAnyOrder("177", "188");
            assertThat(wrong.getMap("tables")).containsOnlyKeys("t");
            assertThat(wrong.getString("summary.lag"))
                    .as("without topics nobody knows")
                    .isNull();
        } finally {
            writer.shutdownNow();
        }
    }

    @Test
    void aMarkerThatDoesNotArriveIsUnknown() {
        pipeline.sink.execute("ALTER SUBSCRIPTION marker_test DISABLE");

        var report = pipeline.verify("2s");

        assertThat(report.getString("status")).isEqualTo("UNKNOWN");
        assertThat(report.getString("reason")).contains("cdc_fence", "did not arrive at the sink");
    }
}
