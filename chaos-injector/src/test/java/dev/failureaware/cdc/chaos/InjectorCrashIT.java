package dev.failureaware.cdc.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.failureaware.cdc.test.TestDatabase;
import dev.failureaware.cdc.test.TestPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The packaged service as a process of its own, ended in the middle of a fault. */
class InjectorCrashIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Path JAR = Path.of("target", "quarkus-app", "quarkus-run.jar");

    @TempDir
    Path folder;

    private final FakePipeline pipeline = new FakePipeline();
    private final HttpClient http = HttpClient.newHttpClient();
    private TestDatabase source;
    private Process injector;
    private int port;

    @BeforeEach
    void prepareSource() {
        source = TestPostgres.freshDatabase().withSourceSchema().withSourceSeed();
    }

    @AfterEach
    void end() {
        if (injector != null) {
            injector.destroyForcibly();
        }
        pipeline.close();
    }

    /** Killed while the consumer is held, after the offsets were deleted, and while it waits for the new worker. */
    @ParameterizedTest
    @CsvSource({
        "lag, POST /processes/sink-consumer/stop",
        "duplicate, DELETE /connectors/shop/offsets",
        "restart, POST /processes/connect/kill"
    })
    void the_next_life_heals_what_a_killed_one_left_broken(String type, String act) throws Exception {
        startInjector();
        if (type.equals("duplicate")) {
            // Never succeeds, so that the connector stays stopped until the kill.
            pipeline.refuse(act, Collections.nCopies(1000, 500).toArray(Integer[]::new));
        }
        post("/scenario/run", scenario(type));
        await().atMost(LIMIT).until(() -> pipeline.calls().contains(act));
        if (type.equals("restart")) {
            pipeline.hold("connect");
        }
        injector.destroyForcibly().waitFor();
        assertThat(broken(type)).isTrue();

        startInjector();

        await().atMost(LIMIT)
                .until(() -> get("/scenario").path("state").asText().equals("idle"));
        assertThat(broken(type)).isFalse();
        assertThat(Files.size(folder.resolve("journal.ndjson"))).isZero();
        assertThat(get("/events").findValuesAsText("phase")).containsOnly("heal");
    }

    @Test
    void healing_goes_on_until_it_has_worked_and_nothing_can_be_run_meanwhile() throws Exception {
        Files.writeString(folder.resolve("journal.ndjson"), "{\"undo\":\"resume_connector\"}\n");
        pipeline.stopConnector();
        pipeline.refuse(
                "PUT /connectors/shop/resume", Collections.nCopies(1000, 503).toArray(Integer[]::new));

        startInjector();

        await().atMost(LIMIT)
                .until(() -> get("/scenario").path("state").asText().equals("healing"));
        assertThat(post("/trigger/lag", "")).isEqualTo(409);
        pipeline.reset();
        pipeline.stopConnector();
        await().atMost(LIMIT)
                .until(() -> get("/scenario").path("state").asText().equals("idle"));
        assertThat(pipeline.connectorState()).isEqualTo("RUNNING");
    }

    @Test
    void a_polite_end_lifts_the_open_fault_before_it_goes() throws Exception {
        startInjector();
        post("/scenario/run", scenario("lag"));
        await().atMost(LIMIT).until(() -> broken("lag"));

        injector.destroy();

        assertThat(injector.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(broken("lag")).isFalse();
        assertThat(Files.size(folder.resolve("journal.ndjson"))).isZero();
        assertThat(folder.resolve("report/report.json")).content().contains("\"state\" : \"aborted\"");
    }

    @Test
    void an_impossible_setting_stops_the_start_and_is_named() throws Exception {
        launch(List.of("-Dinjector.poll-interval=5m"));

        assertThat(injector.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(injector.exitValue()).isNotZero();
        assertThat(folder.resolve("log")).content().contains("injector.poll-interval");
    }

    private boolean broken(String type) {
        return switch (type) {
            case "lag" -> pipeline.stateOf("sink-consumer").equals("held");
            case "duplicate" -> pipeline.connectorState().equals("STOPPED");
            default -> !pipeline.stateOf("connect").equals("running");
        };
    }

    private static String scenario(String type) {
        return "{\"id\":\"crash\",\"failures\":[{\"id\":\"f\",\"type\":\"%s\",\"duration_seconds\":600}]}"
                .formatted(type);
    }

    private void startInjector() throws IOException {
        launch(List.of());
        await().atMost(LIMIT).ignoreExceptions().until(() -> get("/scenario").has("state"));
    }

    private void launch(List<String> settings) throws IOException {
        try (var socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Dinjector.step-timeout=60s");
        command.add("-Dinjector.restart-patience=60s");
        command.addAll(settings);
        command.addAll(List.of("-jar", JAR.toString()));
        var builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile());
        var environment = builder.environment();
        environment.put("QUARKUS_HTTP_PORT", String.valueOf(port));
        environment.put("CDC_API_TOKEN", FakePipeline.TOKEN);
        environment.put("INJECTOR_JOURNAL", folder.resolve("journal.ndjson").toString());
        environment.put("INJECTOR_REPORT_DIR", folder.resolve("report").toString());
        for (var neighbour : List.of("VERIFIER", "CONNECT", "SUPERVISOR", "LOAD_GENERATOR")) {
            environment.put("INJECTOR_" + neighbour + "_URL", pipeline.uri().toString());
        }
        for (var role : List.of("OWNER", "LOADER")) {
            var entered = source.as("cdc_" + role.toLowerCase(Locale.ROOT));
            environment.put("QUARKUS_DATASOURCE_" + role + "_REACTIVE_URL", entered.reactiveUrl());
            environment.put("QUARKUS_DATASOURCE_" + role + "_USERNAME", entered.user());
            environment.put("QUARKUS_DATASOURCE_" + role + "_PASSWORD", entered.password());
        }
        injector = builder.start();
    }

    private JsonNode get(String path) {
        try {
            var request = HttpRequest.newBuilder(uri(path)).build();
            return new JsonMapper()
                    .readTree(http.send(request, BodyHandlers.ofString()).body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private int post(String path, String body) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(uri(path))
                .header("Authorization", "Bearer " + FakePipeline.TOKEN)
                .POST(BodyPublishers.ofString(body))
                .build();
        return http.send(request, BodyHandlers.ofString()).statusCode();
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }
}
