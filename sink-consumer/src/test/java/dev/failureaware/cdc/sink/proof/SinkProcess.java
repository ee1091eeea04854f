package dev.failureaware.cdc.sink.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.failureaware.cdc.test.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The packaged sink-consumer as a process of its own, which a test may kill, freeze and start again. What it writes goes to a
 * file under {@code target/proof}.
 */
final class SinkProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Path APPLICATION = Path.of("target", "quarkus-app", "quarkus-run.jar");
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    private final Process process;
    private final int httpPort;
    private final Path log;

    private SinkProcess(Process process, int httpPort, Path log) {
        this.process = process;
        this.httpPort = httpPort;
        this.log = log;
    }

    /**
     * @param databasePort where the database is reached, which may be a gate in front of it
     * @param prefix the topics' prefix; also the consumer group's name
     * @param settings in place of the packaged ones
     */
    static SinkProcess start(
            TestDatabase sink, int databasePort, String kafka, String prefix, Map<String, String> settings) {
        try {
            var httpPort = freePort();
            var folder = Files.createDirectories(Path.of("target", "proof"));
            var log = folder.resolve(prefix + "-" + httpPort + ".log");
            var command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx256m",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-Dquarkus.http.port=" + httpPort,
                    "-Dquarkus.datasource.reactive.url=vertx-reactive:postgresql://127.0.0.1:" + databasePort + "/"
                            + sink.name(),
                    "-Dquarkus.datasource.username=" + sink.user(),
                    "-Dquarkus.datasource.password=" + sink.password(),
                    "-Dkafka.bootstrap.servers=" + kafka,
                    "-Dsink.topic-prefix=" + prefix,
                    "-Dmp.messaging.incoming.changes.group.id=" + prefix,
                    "-Dmp.messaging.incoming.changes.session.timeout.ms=3000",
                    "-Dmp.messaging.incoming.changes.heartbeat.interval.ms=500",
                    "-Dmp.messaging.incoming.changes.metadata.max.age.ms=500"));
            settings.forEach((key, value) -> command.add("-D" + key + "=" + value));
            command.addAll(List.of("-jar", APPLICATION.toString()));
            var process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(Redirect.appendTo(log.toFile()))
                    .start();
            // A test JVM that is ended must not leave it behind.
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            return new SinkProcess(process, httpPort, log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static SinkProcess start(TestDatabase sink, String kafka, String prefix) {
        return start(sink, sink.port(), kafka, prefix, Map.of());
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Until its HTTP says that it can work. */
    SinkProcess awaitReady() {
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(process.isAlive()).as("%s", this).isTrue();
            assertThat(status("/q/health/ready")).as("%s", this).isEqualTo(200);
        });
        return this;
    }

    private int status(String path) throws InterruptedException {
        try {
            return HTTP.send(request(path), BodyHandlers.discarding()).statusCode();
        } catch (IOException notYet) {
            return 0;
        }
    }

    /** The sum over its labels; 0 while it does not answer. */
    double metric(String name) throws InterruptedException {
        try {
            return HTTP.send(request("/q/metrics"), BodyHandlers.ofLines())
                    .body()
                    .filter(line -> line.startsWith(name))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                    .sum();
        } catch (IOException notYet) {
            return 0;
        }
    }

    private HttpRequest request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + path))
                .timeout(Duration.ofSeconds(5))
                .build();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Waits until it has ended by itself. */
    int exitCode() {
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("it goes on: " + this);
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** SIGKILL. Returns when the process is gone. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** SIGTERM, and until it is gone. */
    void leave() {
        process.destroy();
        process.onExit().join();
    }

    /** SIGSTOP: it does nothing more, and knows nothing of it. */
    void freeze() {
        signal("STOP");
    }

    /** SIGCONT. */
    void thaw() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            var exit = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
            assertThat(exit).isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** All that it has written so far. */
    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How often its log says this. */
    long said(String words) {
        return log().lines().filter(line -> line.contains(words)).count();
    }

    @Override
    public void close() {
        kill();
    }

    @Override
    public String toString() {
        return "the sink's process, whose log is " + log.toAbsolutePath();
    }
}
