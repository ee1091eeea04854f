package dev.failureaware.cdc.verifier;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.failureaware.cdc.test.KafkaAndPostgres;
import dev.failureaware.cdc.test.TestKafka;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Acknowledged commits are accounted for whatever both tables hold: also where source and sink are equal. */
@QuarkusTest
@TestProfile(LedgerIT.WithLedger.class)
@QuarkusTestResource(
        value = KafkaAndPostgres.class,
        initArgs = @ResourceArg(name = KafkaAndPostgres.DATASOURCES, value = "source,sink"))
class LedgerIT {
    public static class WithLedger implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("verifier.load-generator-url", LedgerServer.start(), "verifier.max-candidates", "2");
        }
    }

    /** Stands for the load generator: hands out what is set, to whom has the token. */
    static final class LedgerServer {
        /** A system property, because a test's classes are loaded twice. */
        private static final String LEDGER = "ledger-it.lines";

        private static String start() {
            try {
                var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
                server.createContext("/ledger", exchange -> {
                    var allowed =
                            "Bearer secret".equals(exchange.getRequestHeaders().getFirst("Authorization"));
                    var lines = System.getProperty(LEDGER);
                    var body = lines.getBytes(StandardCharsets.UTF_8);
                    // A length that is never reached: the connection is cut before the end.
                    var length = lines.endsWith("cut") ? body.length + 1 : body.length;
                    exchange.sendResponseHeaders(allowed ? 200 : 401, allowed ? length : -1);
                    if (allowed) {
                        exchange.getResponseBody().write(body);
                    }
                    exchange.close();
                });
                server.start();
                return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        static void holds(List<String> lines) {
            System.setProperty(LEDGER, String.join("\n", lines));
        }
    }

    private final List<String> lines = new ArrayList<>();
    private TestPipeline pipeline;
    private TestConnector connector;

    @BeforeEach
    void start() throws Exception {
        pipeline = TestPipeline.fresh();
        pipeline.onBoth("CREATE TABLE o (id uuid PRIMARY KEY, version int8)");
        pipeline.sink.execute("INSERT INTO _cdc.offsets VALUES ('shop.public.o', 0, 1000)");
        await().atMost(Duration.ofMinutes(1)).ignoreExceptions().until(() -> {
            TestKafka.createTopic(pipeline.kafka, "shop.public.o", 1);
            return true;
        });
        connector = new TestConnector(pipeline.source, pipeline.kafka, false);
    }

    @AfterEach
    void stop() throws Exception {
        connector.close();
    }

    @Test
    void whatIsNewerOrLeftInAKnownWayIsAccountedFor() throws Exception {
        acknowledged(1, "upsert", 3);
        acknowledged(2, "delete", 1);
        acknowledged(3, "upsert", 1);
        acknowledged(4, "upsert", 1);
        lines.add(line(400, "acknowledged", 9, "upsert", 99));
        acknowledged(9, "upsert", 1);
        lines.add(line(500, "intent", 5, "upsert", 7));
        lines.add(line(501, "unknown", 6, "upsert", 7));
        lines.add("{\"n\":502,\"sta");
        pipeline.onBoth("INSERT INTO o VALUES ('%s', 4), ('%s', 1)".formatted(id(1), id(9)));
        event("d", 3, 100);
        event("c", 4, 100);
        pipeline.sink.execute("INSERT INTO _cdc.snapshots VALUES ('public', 'o', 200, true, true, now(), 1)");

        var result = check();

        assertThat(result.getString("status")).as(result.prettify()).isEqualTo("PASS");
        assertThat(result.getLong("commits")).isEqualTo(6);
        assertThat(result.getLong("rows")).isEqualTo(5);
        assertThat(result.getLong("uncertain")).isEqualTo(2);
    }

    @Test
    void aCommitThatBothSidesHaveLostIsFound() throws Exception {
        acknowledged(1, "upsert", 3);
        acknowledged(2, "upsert", 3);
        acknowledged(3, "delete", 3);
        pipeline.onBoth("INSERT INTO o VALUES ('%s', 2), ('%s', 3)".formatted(id(1), id(3)));

        var result = check();

        assertThat(pipeline.verify().getString("status"))
                .as("the tables are equal")
                .isEqualTo("PASS");
        assertThat(result.getString("status")).isEqualTo("FAIL");
        assertThat(result.getLong("unaccounted")).isEqualTo(3);
        assertThat(result.getList("examples.what", String.class))
                .anySatisfy(what -> assertThat(what).isEqualTo("version 3 was acknowledged, the sink has 2"))
                .anySatisfy(what -> assertThat(what).contains("the sink has no such row, and no event of it"))
                .anySatisfy(what -> assertThat(what).contains("deleted by an acknowledged commit"));
    }

    @Test
    void withoutALedgerNothingIsKnown() {
        assertThat(given().post("/verify/ledger").statusCode()).isEqualTo(401);
        assertThat(check(List.of()).getString("status")).isEqualTo("UNKNOWN");
        assertThat(check(List.of()).getString("reason")).contains("no acknowledged commit");
    }

    @Test
    void aLedgerThatIsCutOnItsWayProvesNothing() throws Exception {
        acknowledged(1, "upsert", 1);
        pipeline.onBoth("INSERT INTO o VALUES ('%s', 1)".formatted(id(1)));
        assertThat(check().getString("status")).isEqualTo("PASS");
        lines.add("cut");

        var result = check();

        assertThat(result.getString("status")).isEqualTo("UNKNOWN");
        assertThat(result.getString("reason")).contains("cannot be read");
    }

    /** Of these rows no two fit into memory with a third, see the profile. */
    @Test
    void aLedgerOfMoreRowsThanMemoryHoldsIsReadInShares() throws Exception {
        for (var row = 1; row <= 9; row++) {
            acknowledged(row, "upsert", 1);
            pipeline.onBoth("INSERT INTO o VALUES ('%s', 1)".formatted(id(row)));
        }
        assertThat(check().getString("status")).isEqualTo("PASS");
        assertThat(check().getLong("rows")).isEqualTo(9);
        assertThat(check().getLong("commits")).isEqualTo(9);
        pipeline.onBoth("DELETE FROM o WHERE id <= '%s'".formatted(id(5)));

        var result = check();

        assertThat(result.getString("status")).isEqualTo("FAIL");
        assertThat(result.getLong("unaccounted")).isEqualTo(5);
    }

    private static String id(int row) {
        return "00000000-0000-0000-0000-00000000000" + row;
    }

    private void acknowledged(int row, String op, long version) {
        lines.add(line(100 + row, "intent", row, op, version));
        lines.add(line(100 + row, "acknowledged", row, op, version));
    }

    private static String line(int n, String state, int row, String op, long version) {
        return "{\"n\":%d,\"state\":\"%s\",\"effects\":[{\"table\":\"o\",\"key\":\"%s\",\"op\":\"%s\",\"version\":%d}]}"
                .formatted(n, state, id(row), op, version);
    }

    private void event(String op, int row, long lsn) throws Exception {
        var values = Map.of("id", id(row));
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", pipeline.kafka),
                new StringSerializer(),
                new StringSerializer())) {
            producer.send(new ProducerRecord<>(
                            "shop.public.o",
                            "{\"id\":\"" + id(row) + "\"}",
                            new PlayedChange("o", op, lsn, lsn, values).value()))
                    .get();
        }
    }

    private JsonPath check() {
        return check(lines);
    }

    private static JsonPath check(List<String> lines) {
        LedgerServer.holds(lines);
        return given().header("Authorization", "Bearer secret")
                .queryParam("timeout", "20s")
                .post("/verify/ledger")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
    }
}
