package dev.failureaware.cdc.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceWiringTest {
    @TempDir
    Path folder;

    private Secrets secrets;

    @BeforeEach
    void secrets() throws Exception {
        secrets = new Secrets(folder.resolve("secrets"));
        secrets.create();
    }

    @Test
    void theCallersSwitchesReachTheServiceTheyAreFor() {
        var wiring = wiring(Map.of("SINK_SABOTAGE", "ignore-deletes", "LOAD_RATE", "50"));

        assertThat(wiring.of(Part.SINK_CONSUMER))
                .containsEntry("SINK_SABOTAGE", "ignore-deletes")
                .doesNotContainKey("LOAD_RATE");
        assertThat(wiring.of(Part.LOAD_GENERATOR)).containsEntry("LOAD_RATE", "50");
    }

    @Test
    void theCallerCannotRedirectAServiceToAnotherDatabase() {
        var wiring = wiring(Map.of("QUARKUS_DATASOURCE_REACTIVE_URL", "vertx-reactive:postgresql://elsewhere/shop"));

        assertThat(wiring.of(Part.SINK_CONSUMER))
                .containsEntry("QUARKUS_DATASOURCE_REACTIVE_URL", "vertx-reactive:postgresql://127.0.0.1:5433/shop");
    }

    @Test
    void theStacksOwnPortsAreNoSwitchesOfAService() {
        var wiring = wiring(Map.of("SINK_PORT", "7777", "VERIFIER_PORT", "7778", "SINK_SQL", "tables.sql"));

        assertThat(wiring.of(Part.SINK_CONSUMER)).doesNotContainKeys("SINK_PORT", "SINK_SQL");
        assertThat(wiring.of(Part.VERIFIER)).doesNotContainKey("VERIFIER_PORT");
    }

    @Test
    void whoIsLeftOutIsNotAsked() {
        assertThat(wiring(Map.of()).of(Part.VERIFIER))
                .containsKeys("VERIFIER_SINK_CONSUMER_URL", "VERIFIER_INJECTOR_URL", "VERIFIER_LOAD_GENERATOR_URL");
        assertThat(wiring(Map.of(), Set.of(Part.SINK_CONSUMER, Part.LOAD_GENERATOR))
                        .of(Part.VERIFIER))
                .containsKey("VERIFIER_INJECTOR_URL")
                .doesNotContainKeys("VERIFIER_SINK_CONSUMER_URL", "VERIFIER_LOAD_GENERATOR_URL");
    }

    @Test
    void eachServiceGetsTheRoleItNeedsAndNoOther() {
        var wiring = wiring(Map.of());

        assertThat(wiring.of(Part.VERIFIER))
                .containsEntry("QUARKUS_DATASOURCE_SOURCE_USERNAME", Databases.VERIFIER)
                .containsEntry("QUARKUS_DATASOURCE_SINK_USERNAME", Databases.VERIFIER);
        assertThat(wiring.of(Part.LOAD_GENERATOR)).containsEntry("QUARKUS_DATASOURCE_USERNAME", Databases.LOADER);
    }

    private ServiceWiring wiring(Map<String, String> caller) {
        return wiring(caller, Set.of());
    }

    private ServiceWiring wiring(Map<String, String> caller, Set<Part> leftOut) {
        var ports = Ports.choose(Ports.wanted(Map.of()), port -> true);
        return new ServiceWiring(new Layout(folder, folder), ports, secrets, caller, leftOut);
    }
}
