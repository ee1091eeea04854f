package dev.failureaware.cdc.chaos;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.failureaware.cdc.test.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The packaged injector as a process of its own: the service, or one of its commands. */
final class InjectorProcess implements AutoCloseable {
    static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Path JAR = Path.of("target", "quarkus-app", "quarkus-run.jar");

    private final Process process;
    private final Path log;
    private final int port;
    private final HttpClient http = HttpClient.newHttpClient();

    private InjectorProcess(Process process, Path log, int port) {
        this.process = process;
        this.log = log;
        this.port = port;
    }

    /**
     * @param settings as system properties, over the environment
     * @param environment over what every test needs
     */
    static InjectorProcess service(
            Path folder,
            FakePipeline pipeline,
            TestDatabase source,
            List<String> settings,
            Map<String, String> environment)
            throws IOException {
        int port;
        try (var socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        var all = new ArrayList<String>(List.of("-Dinjector.step-timeout=60s", "-Dinjector.restart-patience=60s"));
        all.addAll(settings);
        var log = Files.createTempFile(folder, "injector", ".log");
        var builder = builder(all, List.of(), log);
        var variables = builder.environment();
        variables.put("QUARKUS_HTTP_PORT", String.valueOf(port));
        variables.put("CDC_API_TOKEN", FakePipeline.TOKEN);
        variables.put("INJECTOR_JOURNAL", folder.resolve("journal.ndjson").toString());
        variables.put("INJECTOR_REPORT_DIR", folder.resolve("report").toString());
        for (var neighbour : List.of("VERIFIER", "CONNECT", "SUPERVISOR", "LOAD_GENERATOR")) {
            variables.put("INJECTOR_" + neighbour + "_URL", pipeline.uri().toString());
        }
        for (var role : List.of("OWNER", "LOADER")) {
            var entered = source.as("cdc_" + role.toLowerCase(Locale.ROOT));
            variables.put("QUARKUS_DATASOURCE_" + role + "_REACTIVE_URL", entered.reactiveUrl());
            variables.put("QUARKUS_DATASOURCE_" + role + "_USERNAME", entered.user());
            variables.put("QUARKUS_DATASOURCE_" + role + "_PASSWORD", entered.password());
        }
        variables.putAll(environment);
        return new InjectorProcess(builder.start(), log, port);
    }

    /** A client of this injector. */
    InjectorProcess command(Path folder, String... arguments) throws IOException {
        var output = Files.createTempFile(folder, "command", ".log");
        var builder = builder(List.of(), List.of(arguments), output);
        builder.environment().put("CDC_INJECTOR_URL", uri("").toString());
        builder.environment().put("CDC_API_TOKEN", FakePipeline.TOKEN);
        return new InjectorProcess(builder.start(), output, 0);
    }

    private static ProcessBuilder builder(List<String> settings, List<String> arguments, Path output) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        command.addAll(settings);
        command.addAll(List.of("-jar", JAR.toString()));
        command.addAll(arguments);
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    }

    InjectorProcess awaitAnswer() {
        await().atMost(LIMIT).ignoreExceptions().until(() -> get("/scenario").has("state"));
        return this;
    }

    String state() {
        return get("/scenario").path("state").asText();
    }

    JsonNode get(String path) {
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

    HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(uri(path))
                .header("Authorization", "Bearer " + FakePipeline.TOKEN)
                .POST(BodyPublishers.ofString(body))
                .build();
        return http.send(request, BodyHandlers.ofString());
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    Process process() {
        return process;
    }

    String output() throws IOException {
        return Files.readString(log);
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
