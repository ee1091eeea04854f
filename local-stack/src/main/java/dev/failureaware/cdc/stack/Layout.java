package dev.failureaware.cdc.stack;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Where things lie.
 *
 * @param home the clone: build output, SQL and connector settings, only read
 * @param state the state folder: everything that the stack writes
 */
record Layout(Path home, Path state) {

    /** {@code CDC_HOME} and {@code STACK_DIR} may move either; by default the clone is found from the jar's own place. */
    static Layout of(Map<String, String> environment) {
        var home = environment.containsKey("CDC_HOME")
                ? Path.of(environment.get("CDC_HOME")).toAbsolutePath().normalize()
                : cloneOfThisJar();
        if (!Files.isRegularFile(home.resolve("connector/debezium-postgres.json"))) {
            throw StackException.badInput(
                    "%s is no clone of this project: connector/debezium-postgres.json is missing. Set CDC_HOME to the clone."
                            .formatted(home));
        }
        var state = environment.getOrDefault("STACK_DIR", "");
        return new Layout(
                home,
                state.isBlank()
                        ? home.resolve(".stack")
                        : Path.of(state).toAbsolutePath().normalize());
    }

    private static Path cloneOfThisJar() {
        try {
            var code = Path.of(Layout.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            // CLONE/local-stack/target/x.jar, or CLONE/local-stack/target/classes
            return code.toRealPath().getParent().getParent().getParent();
        } catch (URISyntaxException | java.io.IOException e) {
            throw new IllegalStateException("cannot tell where this program lies", e);
        }
    }

    Path data(Part part) {
        return data().resolve(part.label());
    }

    Path data() {
        return state.resolve("data");
    }

    Path logs() {
        return state.resolve("logs");
    }

    Path log(Part part) {
        return log(part.label());
    }

    Path log(String name) {
        return logs().resolve(name + ".log");
    }

    Path run() {
        return state.resolve("run");
    }

    /** Configuration that is generated at every start and read by the servers. */
    Path config() {
        return state.resolve("config");
    }

    /** The servers' folder for temporary files, so that a killed one leaves nothing outside the state folder. */
    Path temporary() {
        return state.resolve("tmp");
    }

    /** Where the injector writes; a demo copies from here to the folder that the caller asked for. */
    Path report() {
        return state.resolve("report");
    }

    Path secrets() {
        return state.resolve("secrets");
    }

    Path processes() {
        return run().resolve("processes.json");
    }

    Path endpoints() {
        return run().resolve("endpoints.json");
    }

    /** The lines that {@code up}, {@code down} and {@code demo} show while the supervisor works. */
    Path progress() {
        return run().resolve("progress.log");
    }

    /** Why the last start failed; absent when it did not. */
    Path failure() {
        return run().resolve("failure.txt");
    }

    Path supervisorState() {
        return run().resolve("supervisor.json");
    }

    Path supervisorLock() {
        return run().resolve("supervisor.lock");
    }

    Path kafkaLibraries() {
        return home.resolve("kafka-runtime/target/libs");
    }

    Path connectorPlugins() {
        return home.resolve("connector/target/plugins");
    }

    Path connectorSettings() {
        return home.resolve("connector/debezium-postgres.json");
    }

    Path sql(String file) {
        return home.resolve(file);
    }

    /** The runnable jar of a service. */
    Path serviceJar(Part service) {
        return home.resolve(service.label()).resolve("target/quarkus-app/quarkus-run.jar");
    }
}
