package dev.failureaware.cdc.verifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.failureaware.cdc.test.TestDatabase;
import dev.failureaware.cdc.test.TestKafka;
import dev.failureaware.cdc.test.TestPostgres;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The packaged service, killed in the middle of a verification. */
@Tag("packaged")
class KilledIT {
    private static final String OURS = "application_name = 'cdc-verifier' AND datname = current_database()";
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final TestDatabase source = TestPostgres.freshDatabase();
    private final TestDatabase sink = TestPostgres.freshDatabase();

    @Test
    void noSessionLockOrSnapshotIsLeftOnEitherDatabase() throws Exception {
        source.execute("CREATE TABLE killed (id int PRIMARY KEY); CREATE PUBLICATION cdc_publication FOR TABLE killed;"
                + " INSERT INTO killed VALUES (1)");
        sink.execute("CREATE TABLE killed (id int PRIMARY KEY); INSERT INTO killed VALUES (1); CREATE SCHEMA _cdc;"
                + " CREATE TABLE _cdc.offsets (topic text, partition int, next_offset bigint, duplicates bigint)");
        var port = freePort();
        var verifier = start(port);
        try (var connector = new TestConnector(source, TestKafka.bootstrapServers(), false);
                var holder = sink.connect();
                var statement = holder.createStatement()) {
            await().atMost(LIMIT).ignoreExceptions().until(() -> call(port, "GET", "/health") == 200);
            holder.setAutoCommit(false);
            statement.execute("LOCK TABLE killed IN ACCESS EXCLUSIVE MODE");
            HttpClient.newHttpClient()
                    .sendAsync(request(port, "POST", "/verify"), HttpResponse.BodyHandlers.discarding());
            await("it waits in the middle of its work")
                    .atMost(LIMIT)
                    .until(() -> count(sink, OURS + " AND wait_event_type = 'Lock'") == 1);
            assertThat(count(source, OURS)).isPositive();

            verifier.destroyForcibly().waitFor();

            await("no session, so nothing that a session holds")
                    .atMost(LIMIT)
                    .until(() -> count(source, OURS) == 0 && count(sink, OURS) == 0);
            assertThat(source.value("SELECT count(*) FROM pg_replication_slots"
                            + " WHERE database = current_database() AND slot_name NOT LIKE 'test\\_%'"))
                    .as("but for the connector's")
                    .isEqualTo(0L);
        } finally {
            verifier.destroyForcibly().waitFor();
        }
    }

    private Process start(int port) throws IOException {
        var builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-jar",
                        Path.of("target", "quarkus-app", "quarkus-run.jar").toString())
                .redirectErrorStream(true)
                .redirectOutput(new File("target/killed-verifier.log"));
        builder.environment()
                .putAll(Map.of(
                        "QUARKUS_HTTP_PORT",
                        Integer.toString(port),
                        "VERIFIER_EVERY",
                        "off",
                        "VERIFIER_LOOK_EVERY",
                        "off",
                        "VERIFIER_SAMPLE_EVERY",
                        "off",
                        "CDC_API_TOKEN",
                        "secret",
                        "KAFKA_BOOTSTRAP_SERVERS",
                        TestKafka.bootstrapServers()));
        database("SOURCE", source, builder.environment());
        database("SINK", sink, builder.environment());
        return builder.start();
    }

    private static void database(String name, TestDatabase database, Map<String, String> environment) {
        var prefix = "QUARKUS_DATASOURCE_" + name + "_";
        environment.put(prefix + "REACTIVE_URL", database.reactiveUrl());
        environment.put(prefix + "USERNAME", database.user());
        environment.put(prefix + "PASSWORD", database.password());
    }

    private static long count(TestDatabase side, String which) {
        return (Long) side.value("SELECT count(*) FROM pg_stat_activity WHERE " + which);
    }

    private static int call(int port, String method, String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(request(port, method, path), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private static HttpRequest request(int port, String method, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Authorization", "Bearer secret")
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
