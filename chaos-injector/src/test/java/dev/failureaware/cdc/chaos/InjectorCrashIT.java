package dev.failureaware.cdc.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.failureaware.cdc.test.TestDatabase;
import dev.failureaware.cdc.test.TestPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The packaged service as a process of its own, ended in the middle of a fault. */
class InjectorCrashIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @TempDir
    Path folder;

    private final FakePipeline pipeline = new FakePipeline();
    private TestDatabase source;
    private InjectorProcess injector;

    @BeforeEach
    void prepareSource() {
        source = TestPostgres.freshDatabase().withSourceSchema().withSourceSeed();
    }

    @AfterEach
    void end() {
        if (injector != null) {
            injector.close();
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
        injector.post("/scenario/run", scenario(type));
        await().atMost(LIMIT).until(() -> pipeline.calls().contains(act));
        if (type.equals("restart")) {
            pipeline.hold("connect");
        }
        injector.kill();
        assertThat(broken(type)).isTrue();

        startInjector();

        await().atMost(LIMIT).until(() -> injector.state().equals("idle"));
        assertThat(broken(type)).isFalse();
        assertThat(Files.size(folder.resolve("journal.ndjson"))).isZero();
        assertThat(injector.get("/events").findValuesAsText("phase")).containsOnly("heal");
    }

    @Test
    void healing_goes_on_until_it_has_worked_and_nothing_can_be_run_meanwhile() throws Exception {
        Files.writeString(folder.resolve("journal.ndjson"), "{\"undo\":\"resume_connector\"}\n");
        pipeline.stopConnector();
        pipeline.refuse(
                "PUT /connectors/shop/resume", Collections.nCopies(1000, 503).toArray(Integer[]::new));

        startInjector();

        await().atMost(LIMIT).until(() -> injector.state().equals("healing"));
        assertThat(injector.post("/trigger/lag", "").statusCode()).isEqualTo(409);
        pipeline.reset();
        pipeline.stopConnector();
        await().atMost(LIMIT).until(() -> injector.state().equals("idle"));
        assertThat(pipeline.connectorState()).isEqualTo("RUNNING");
    }

    @Test
    void a_polite_end_lifts_the_open_fault_before_it_goes() throws Exception {
        startInjector();
        injector.post("/scenario/run", scenario("lag"));
        await().atMost(LIMIT).until(() -> broken("lag"));

        injector.process().destroy();

        assertThat(injector.process().waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(broken("lag")).isFalse();
        assertThat(Files.size(folder.resolve("journal.ndjson"))).isZero();
        assertThat(folder.resolve("report/report.json")).content().contains("\"state\" : \"aborted\"");
    }

    @Test
    void an_impossible_setting_stops_the_start_and_is_named() throws Exception {
        launch(List.of("-Dinjector.poll-interval=5m"));

        assertThat(injector.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(injector.process().exitValue()).isNotZero();
        assertThat(injector.output()).contains("injector.poll-interval");
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
        injector.awaitAnswer();
    }

    private void launch(List<String> settings) throws IOException {
        injector = InjectorProcess.service(folder, pipeline, source, settings, Map.of());
    }
}
