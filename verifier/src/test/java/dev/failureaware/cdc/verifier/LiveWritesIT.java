package dev.failureaware.cdc.verifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.failureaware.cdc.test.KafkaAndPostgres;
import dev.failureaware.cdc.test.TestKafka;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Verdicts while a pipeline moves: a connector and a sink that are played, but real in order, transactions and delays. */
@QuarkusTest
@QuarkusTestResource(
        value = KafkaAndPostgres.class,
        initArgs = @ResourceArg(name = KafkaAndPostgres.DATASOURCES, value = "source,sink"))
class LiveWritesIT {
    private TestPipeline pipeline;
    private TestConnector connector;

    @BeforeEach
    void start() {
        pipeline = TestPipeline.fresh();
        pipeline.onBoth("CREATE TABLE t (id int PRIMARY KEY, v text, n int)");
        await().atMost(Duration.ofMinutes(1)).ignoreExceptions().until(() -> {
            TestKafka.createTopic(pipeline.kafka, "shop.public.t", TestConnector.PARTITIONS);
            return true;
        });
        connector = new TestConnector(pipeline.source, pipeline.kafka, true);
    }

    @AfterEach
    void stop() throws Exception {
        connector.close();
    }

    @Test
    void aWriterThatNeverRestsGivesNoFailure() throws Exception {
        var writes = new AtomicLong();
        var writer = Executors.newSingleThreadScheduledExecutor();
        var reports = new ArrayList<String>();
        var reasons = new ArrayList<String>();
        try (var sink = new TestSink(pipeline.sink, pipeline.kafka, false);
                var connection = pipeline.source.connect()) {
            var random = new Random(11);
            writer.scheduleWithFixedDelay(
                    () -> {
                        try (var statement = connection.createStatement()) {
                            // Id 0 is hot; the others come, change and go, and may come again.
                            var id = random.nextInt(4) == 0 ? 0 : random.nextInt(300);
                            statement.execute(
                                    random.nextInt(4) == 0
                                            ? "DELETE FROM t WHERE id = " + id
                                            : "INSERT INTO t VALUES (" + id + ", 'v" + random.nextInt(99) + "', "
                                                    + writes.get() + ") ON CONFLICT (id) DO UPDATE SET"
                                                    + " v = excluded.v, n = excluded.n");
                            writes.incrementAndGet();
                        } catch (java.sql.SQLException e) {
                            throw new IllegalStateException(e);
                        }
                    },
                    0,
                    2,
                    TimeUnit.MILLISECONDS);
            await().atMost(Duration.ofMinutes(1)).until(() -> writes.get() > 50);
            for (var i = 0; i < 15; i++) {
                var report = pipeline.verify("20s");
                reports.add(report.getString("status"));
                reasons.add(report.getString("reason"));
            }
            writer.shutdown();
            assertThat(writer.awaitTermination(5, TimeUnit.SECONDS)).isTrue();

            var last = pipeline.verify();

            assertThat(reports).as(reasons.toString()).containsOnly("PASS");
            assertThat(last.getString("status")).as(last.getString("reason")).isEqualTo("PASS");
            assertThat(last.getLong("tables.t.counts.source")).isEqualTo(last.getLong("tables.t.counts.sink"));
            assertThat(writes.get()).isGreaterThan(500);
        } finally {
            writer.shutdownNow();
        }
    }

    @Test
    void oneWrongRowIsFoundEveryTimeWhileAWriterNeverRests() throws Exception {
        var writer = Executors.newSingleThreadScheduledExecutor();
        pipeline.source.execute("INSERT INTO t SELECT i, 'v', 0 FROM generate_series(1, 300) i");
        try (var sink = new TestSink(pipeline.sink, pipeline.kafka, false);
                var connection = pipeline.source.connect()) {
            var whole = pipeline.verify("20s");
            assertThat(whole.getString("status")).as(whole.getString("reason")).isEqualTo("PASS");
            pipeline.sink.execute("UPDATE t SET v = 'wrong' WHERE id = 277");
            var random = new Random(5);
            writer.scheduleWithFixedDelay(
                    () -> {
                        try (var statement = connection.createStatement()) {
                            statement.execute("UPDATE t SET n = n + 1 WHERE id = " + (1 + random.nextInt(250)));
                        } catch (java.sql.SQLException e) {
                            throw new IllegalStateException(e);
                        }
                    },
                    0,
                    20,
                    TimeUnit.MILLISECONDS);
            for (var i = 0; i < 5; i++) {
                var report = pipeline.verify("20s");

                assertThat(report.getString("status"))
                        .as(report.getString("reason"))
                        .isEqualTo("FAIL");
                assertThat(report.getList("tables.t.differences.key", String.class))
                        .containsExactly("277");
                assertThat(report.getLong("tables.t.mismatches")).isEqualTo(1);
            }
            writer.shutdown();
            assertThat(writer.awaitTermination(5, TimeUnit.SECONDS)).isTrue();
        } finally {
            writer.shutdownNow();
        }
    }

    @Test
    void aSinkThatIgnoresDeletesFailsWithTheKeys() throws Exception {
        try (var sink = new TestSink(pipeline.sink, pipeline.kafka, true)) {
            pipeline.source.execute("INSERT INTO t SELECT i, 'v', i FROM generate_series(1, 50) i");
            pipeline.source.execute("DELETE FROM t WHERE id IN (13, 14)");

            var report = pipeline.verify();

            assertThat(report.getString("status")).isEqualTo("FAIL");
            assertThat(report.getList("tables.t.differences.key", String.class)).containsExactlyInAnyOrder("13", "14");
        }
    }

    @Test
    void lagCountsEventsAndNotOffsets() throws Exception {
        pipeline.source.execute("INSERT INTO t SELECT i, 'v', i FROM generate_series(1, 30) i");
        pipeline.source.execute("DELETE FROM t WHERE id = 3");
        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(lag())
                        .as("inserts and the delete, no tombstone and no marker")
                        .isEqualTo(31));
        var late = pipeline.verify("2s");

        try (var sink = new TestSink(pipeline.sink, pipeline.kafka, false)) {
            await().atMost(Duration.ofMinutes(1)).until(() -> lag() == 0);
        }
        pipeline.sink.execute("UPDATE _cdc.offsets SET next_offset = 0");

        assertThat(late.getString("status")).isEqualTo("UNKNOWN");
        assertThat(late.getString("reason")).contains("the sink has not applied", "shop.public.t-0");
        assertThat(late.getLong("summary.lag")).isEqualTo(31);
        await("a rewound sink lags again").atMost(Duration.ofMinutes(1)).until(() -> lag() == 31);
    }

    private static long lag() {
        return RestAssured.get("/lag")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath()
                .getLong("events");
    }
}
