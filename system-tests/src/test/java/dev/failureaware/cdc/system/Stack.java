package dev.failureaware.cdc.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The one-machine stack as a user runs it: through its commands, on free ports, with a state folder of its own. */
final class Stack {
    static final ObjectMapper JSON = new ObjectMapper();

    private static final List<String> PORTS = List.of(
            "SOURCE",
            "SINK",
            "KAFKA",
            "KAFKA_CONTROLLER",
            "CONNECT",
            "VERIFIER",
            "SINK_CONSUMER",
            "INJECTOR",
            "LOAD_GENERATOR",
            "SUPERVISOR");
    /** Those that documents show. */
    private static final Map<Integer, String> STANDARD_PORTS = Map.ofEntries(
            Map.entry(5433, "SINK"),
            Map.entry(8083, "CONNECT"),
            Map.entry(8089, "VERIFIER"),
            Map.entry(8090, "SINK_CONSUMER"),
            Map.entry(8091, "INJECTOR"));

    private static final Path JAR =
            Path.of("../local-stack/target/local-stack.jar").toAbsolutePath().normalize();
    private static final Duration LONGEST_COMMAND = Duration.ofMinutes(10);
    private static final Duration FIRST_SNAPSHOT = Duration.ofMinutes(10);
    private static final Duration FIRST_PATIENCE = Duration.ofSeconds(20);

    private final Path folder;
    private final Map<String, String> environment;
    private final HttpClient http = HttpClient.newHttpClient();

    /** @param settings environment variables for the services, such as a sabotage */
    Stack(String name, Map<String, String> settings) {
        folder = Path.of("target", name).toAbsolutePath();
        environment = new HashMap<>(settings);
        environment.put("STACK_DIR", folder.toString());
        environment.put("REPORT", reportFolder().toString());
        freePorts().forEach((port, number) -> environment.put(port + "_PORT", number.toString()));
    }

    /** All at once, so that no two get the same. */
    private static Map<String, Integer> freePorts() {
        var sockets = new ArrayList<ServerSocket>();
        var ports = new java.util.HashMap<String, Integer>();
        try {
            for (var port : PORTS) {
                var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                sockets.add(socket);
                ports.put(port, socket.getLocalPort());
            }
            for (var socket : sockets) {
                socket.close();
            }
            return ports;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path reportFolder() {
        return folder.resolveSibling(folder.getFileName() + "-report");
    }

    record Finished(int exitCode, String output) {}

    /** Runs a command to its end, as {@code make} would, and keeps what it printed beside the state folder. */
    Finished run(String... command) {
        return run(Map.of(), command);
    }

    Finished run(Map<String, String> more, String... command) {
        try {
            Files.createDirectories(folder.getParent());
            var output = folder.resolveSibling(folder.getFileName() + "-" + command[0] + ".txt");
            var words = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx96m",
                    "-jar",
                    JAR.toString()));
            words.addAll(List.of(command));
            var builder = new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(output.toFile());
            builder.environment().putAll(environment);
            builder.environment().putAll(more);
            var process = builder.start();
            if (!process.waitFor(LONGEST_COMMAND.toSeconds(), TimeUnit.SECONDS)) {
                process.destroy();
                throw new AssertionError(String.join(" ", command) + " did not end:\n" + Files.readString(output));
            }
            return new Finished(process.exitValue(), Files.readString(output));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /**
     * Runs a command as it stands in a document: in a shell, in the repository, with the standard ports and the state folder in it
     * replaced by this stack's. The build is not checked, as this test is part of it.
     */
    Finished shell(String command) {
        try {
            var output = shellOutput();
            var exitCode = startShell(command, output).waitFor();
            return new Finished(exitCode, Files.readString(output));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** The same for what never ends by itself: ended as soon as it has printed this. */
    void shellUntil(String text, String command) {
        try {
            var output = shellOutput();
            var process = startShell(command, output);
            try {
                await(command).atMost(LONGEST_COMMAND).until(() -> Files.readString(output), all -> all.contains(text));
            } finally {
                // Handed on to all that the shell has started.
                process.destroy();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path shellOutput() throws IOException {
        Files.createDirectories(folder.getParent());
        return folder.resolveSibling(folder.getFileName() + "-shell.txt");
    }

    private Process startShell(String command, Path output) throws IOException {
        var script = "make() { command make -o built -o jar \"$@\"; }; " + here(command);
        var builder = new ProcessBuilder("timeout", LONGEST_COMMAND.toSeconds() + "s", "bash", "-c", script)
                .directory(Document.REPOSITORY.toFile())
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                .redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        return builder.start();
    }

    private String here(String command) {
        var text = command.replace("$PWD/.stack/", folder + "/").replace(".stack/", folder + "/");
        for (var port : STANDARD_PORTS.entrySet()) {
            text = text.replace(
                    "127.0.0.1:" + port.getKey(), "127.0.0.1:" + environment.get(port.getValue() + "_PORT"));
        }
        return text;
    }

    JsonNode report() {
        return json(reportFolder().resolve("report.json"));
    }

    static JsonNode json(Path file) {
        try {
            return JSON.readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Known before anything is started. */
    URI dashboard() {
        return URI.create("http://127.0.0.1:" + environment.get("VERIFIER_PORT") + "/");
    }

    String token() {
        return read(Path.of(endpoints().path("token_file").asText()));
    }

    String kafka() {
        return endpoints().at("/servers/kafka/address").asText();
    }

    private JsonNode endpoints() {
        return json(folder.resolve("run/endpoints.json"));
    }

    /** The load generator's ledger, oldest file first. */
    List<Path> ledger() {
        try (var files = Files.list(folder.resolve("data"))) {
            return files.filter(file -> file.getFileName().toString().startsWith("ledger"))
                    .sorted(Comparator.comparing(file -> file.toFile().lastModified()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Connection connect(String server, String role) throws SQLException {
        var database = endpoints().at("/servers/" + server);
        var password =
                read(Path.of(database.at("/users/" + role + "/password_file").asText()));
        return DriverManager.getConnection(
                "jdbc:postgresql://%s/%s"
                        .formatted(
                                database.path("address").asText(),
                                database.path("database").asText()),
                role,
                password);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Pids by name, of what runs now. */
    JsonNode processes() {
        return call("supervisor", "GET", "/processes");
    }

    long pid(String name) {
        for (var process : processes()) {
            if (process.path("name").asText().equals(name)) {
                return process.path("pid").asLong();
            }
        }
        throw new AssertionError("no process " + name);
    }

    JsonNode verify(Duration patience) {
        return call("verifier", "POST", "/verify?timeout=" + patience.toSeconds() + "s");
    }

    /** The first one after a start: until the connector has caught up with the first snapshot, nobody knows. */
    JsonNode firstVerdict() {
        return await().atMost(FIRST_SNAPSHOT)
                .until(
                        () -> verify(FIRST_PATIENCE),
                        report -> !report.path("status").asText().equals("UNKNOWN"));
    }

    /** Samples with their labels, as {@code /q/metrics} has them. */
    Map<String, Double> metrics(String service) {
        var metrics = new HashMap<String, Double>();
        send(service, "GET", "/q/metrics")
                .lines()
                .filter(line -> !line.startsWith("#"))
                .forEach(line -> metrics.put(
                        line.substring(0, line.lastIndexOf(' ')).strip().replace(",}", "}"),
                        Double.valueOf(line.substring(line.lastIndexOf(' ')))));
        return metrics;
    }

    JsonNode call(String service, String method, String path) {
        try {
            var answer = send(service, method, path);
            return answer.isBlank() ? JSON.nullNode() : JSON.readTree(answer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String send(String service, String method, String path) {
        var endpoints = endpoints();
        var request = HttpRequest.newBuilder(
                        URI.create(endpoints.at("/services/" + service + "/url").asText() + path))
                .header("Authorization", "Bearer " + token())
                .header("Accept", path.equals("/q/metrics") ? "text/plain" : "application/json")
                .timeout(Duration.ofMinutes(2))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        try {
            var response = http.send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode())
                    .as("%s %s: %s", method, request.uri(), response.body())
                    .isBetween(200, 299);
            return response.body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
