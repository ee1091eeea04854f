package dev.failureaware.cdc.verifier;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.failureaware.cdc.test.KafkaAndPostgres;
import dev.failureaware.cdc.test.TestKafka;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Why a row differs: its way through source, topic and sink. */
@QuarkusTest
@QuarkusTestResource(
        value = KafkaAndPostgres.class,
        initArgs = @ResourceArg(name = KafkaAndPostgres.DATASOURCES, value = "source,sink"))
class TraceIT {
    private TestPipeline pipeline;
    private PlayedConnector connector;

    @BeforeEach
    void start() {
        pipeline = TestPipeline.fresh();
        pipeline.onBoth("CREATE TABLE t (id int PRIMARY KEY, v text); CREATE TABLE k (v text);"
                + " CREATE TABLE c (a int, \"b b\" text, v text, PRIMARY KEY (a, \"b b\"))");
        pipeline.sink.execute("ALTER TABLE t ADD _cdc_op text, ADD _cdc_lsn bigint, ADD _cdc_source_ts timestamptz");
        await().atMost(Duration.ofMinutes(1)).ignoreExceptions().until(() -> {
            TestKafka.createTopic(pipeline.kafka, PlayedConnector.topic("t"), PlayedConnector.PARTITIONS);
            return true;
        });
        connector = new PlayedConnector(pipeline.source, pipeline.kafka);
    }

    @AfterEach
    void stop() throws Exception {
        connector.close();
    }

    @Test
    void eachEventIsShownWithWhatTheSinkDidWithIt() throws Exception {
        BrokenSink.Flaw losesTheThirdVersion = (change, right) -> {
            if (!"third".equals(change.row().get("v"))) {
                right.apply(change);
            }
        };
        try (var sink = new PlayedSink(
                pipeline.sink, pipeline.kafka, List.of("t"), Map.of("t", losesTheThirdVersion), change -> false)) {
            pipeline.source.execute("INSERT INTO t VALUES (7, 'first'), (8, 'other')");
            pipeline.source.execute("UPDATE t SET v = 'second' WHERE id = 7");
            awaitApplied(sink);
            var again = PlayedChange.of(
                    "{\"op\":\"u\",\"after\":{\"id\":\"7\",\"v\":\"second\"},\"source\":{\"table\":\"t\",\"lsn\":"
                            + pipeline.sink.value("SELECT _cdc_lsn FROM t WHERE id = 7") + ",\"ts_us\":1}}");
            connector.snapshot(List.of(again));
            pipeline.source.execute("UPDATE t SET v = 'third' WHERE id = 7");
            awaitApplied(sink);
        }
        pipeline.source.execute("UPDATE t SET v = 'fourth' WHERE id = 7");
        connector.sent();

        var trace = trace("t", "7");

        assertThat(trace.getString("verdict")).isEqualTo("mismatch");
        assertThat(trace.getMap("source")).isEqualTo(Map.of("id", "7", "v", "fourth"));
        assertThat(trace.getMap("sink")).isEqualTo(Map.of("id", "7", "v", "second"));
        assertThat(trace.getList("differing")).containsExactly("v");
        assertThat(trace.getList("events.op")).containsExactly("c", "u", "u", "u", "u");
        assertThat(trace.getList("events.values.v")).containsExactly("first", "second", "second", "third", "fourth");
        assertThat(trace.getList("events.fate"))
                .containsExactly("replaced", "applied", "duplicate", "not_applied", "waiting");
        assertThat(trace.getList("events.partition")).containsOnly(7 % PlayedConnector.PARTITIONS);
        assertThat(trace.getLong("sinkVersion.lsn")).isEqualTo(trace.getLong("events[1].lsn"));
        assertThat(trace.getString("incomplete")).isNull();
    }

    @Test
    void aDeletedRowAndAParkedEventAreShown() throws Exception {
        try (var sink = new PlayedSink(pipeline.sink, pipeline.kafka, List.of("t"), new HashMap<>(), change -> false)) {
            pipeline.source.execute("INSERT INTO t VALUES (3, 'a')");
            pipeline.source.execute("DELETE FROM t WHERE id = 3");
            awaitApplied(sink);
        }
        pipeline.sink.execute(
                "INSERT INTO _cdc.parked (topic, partition, \"offset\", reason) SELECT topic, partition, 0, 'too long'"
                        + " FROM _cdc.offsets WHERE partition = 0");

        var trace = trace("public.t", "3");

        assertThat(trace.getString("verdict")).isEqualTo("equal");
        assertThat(trace.getMap("source")).isNull();
        assertThat(trace.getList("events.op")).containsExactly("c", "d");
        assertThat(trace.getList("events.fate")).containsExactly("parked", "applied");
        assertThat(trace.getString("events[0].reason")).isEqualTo("too long");
    }

    @Test
    void whatCannotBeTracedIsSaid() {
        pipeline.onBoth("INSERT INTO c VALUES (1, 'x, y', 'v')");

        assertThat(trace("c", "a=1, b b=x, y").getMap("sink")).containsEntry("b b", "x, y");
        refused(404, "nowhere", "1", "no table nowhere is captured; there are");
        refused(404, "k", "1", "has no key");
        refused(404, "c", "1", "a=…, b b=…");
        refused(400, "t", "seven", "'seven' is no key of table t: invalid input syntax for type integer");
        refused(400, "t", "1", "up to 1 hour", "timeout", "soon");
    }

    private static void refused(int status, String table, String key, String why, String... query) {
        var call = given();
        if (query.length > 0) {
            call.queryParam(query[0], query[1]);
        }
        var error = call.get("/trace/{table}/{key}", table, key)
                .then()
                .statusCode(status)
                .extract()
                .jsonPath()
                .getString("error");
        assertThat(error).contains(why);
    }

    private static JsonPath trace(String table, String key) {
        return given().get("/trace/{table}/{key}", table, key)
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
    }

    private void awaitApplied(PlayedSink sink) {
        var sent = connector.sent();
        await().atMost(Duration.ofMinutes(1)).until(() -> sink.isPast(sent));
    }
}
