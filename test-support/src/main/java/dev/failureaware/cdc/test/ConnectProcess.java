package dev.failureaware.cdc.test;

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
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One real Connect worker in distributed mode, as a process of its own: the class path and the plugin folder that the stack
 * deploys, and the settings that matter to what an event looks like. It ends with this JVM at the latest.
 */
public final class ConnectProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final AtomicInteger GROUPS = new AtomicInteger();

    private final Path folder;
    private final String url;
    private final Path log;
    private final List<String> command;
    private volatile Process process;

    private ConnectProcess(String kafka, Map<String, String> changed) throws IOException {
        folder = Files.createTempDirectory("test-connect");
        url = "http://127.0.0.1:" + freePort();
        log = folder.resolve("connect.log");
        var settings =
                settings(kafka, "test-connect-" + ProcessHandle.current().pid() + "-" + GROUPS.incrementAndGet(), url);
        settings.putAll(changed);
        command = command(folder, settings);
        Runtime.getRuntime().addShutdownHook(new Thread(this::close));
    }

    /**
     * Starts a worker with a group and topics of its own and waits until it answers.
     *
     * @param changed worker settings, in place of those of the tests
     */
    public static ConnectProcess start(String kafka, Map<String, String> changed) {
        try {
            var worker = new ConnectProcess(kafka, changed);
            worker.startAgain();
            return worker;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where the REST interface of the JVM's shared worker listens, and the file that it logs to. */
    static List<String> startShared(String kafka) {
        var worker = start(kafka, Map.of());
        return List.of(worker.url, worker.log.toString());
    }

    String url() {
        return url;
    }

    Path log() {
        return log;
    }

    /** Ends it as the kernel would: nothing is flushed, no goodbye to the group. Returns when the process is gone. */
    public void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** Starts the worker again after {@link #kill()}, with its name and address, and waits until it answers. */
    public void startAgain() {
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(Redirect.appendTo(log.toFile()))
                    .start();
            awaitAnswer(process, url, log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static List<String> command(Path folder, Properties settings) throws IOException {
        var file = folder.resolve("connect.properties");
        try (var out = Files.newBufferedWriter(file)) {
            settings.store(out, null);
        }
        var logging = folder.resolve("log4j2.properties");
        Files.writeString(logging, """
                rootLogger.level = WARN
                logger.resume.name = io.debezium.connector.postgresql.connection.WalPositionLocator
                logger.resume.level = INFO
                rootLogger.appenderRef.console.ref = console
                appender.console.type = Console
                appender.console.name = console
                appender.console.layout.type = PatternLayout
                appender.console.layout.pattern = %d{HH:mm:ss.SSS} %-5p %c{1} %m%n
                """);
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dlog4j2.configurationFile=" + logging.toUri(),
                "-cp",
                Repository.built("kafka-runtime", "libs") + "/*",
                "org.apache.kafka.connect.cli.ConnectDistributed",
                file.toString());
    }

    private static Properties settings(String kafka, String group, String url) {
        var settings = new Properties();
        settings.putAll(Map.of(
                "bootstrap.servers",
                kafka,
                "group.id",
                group,
                "config.storage.topic",
                group + "-configs",
                "offset.storage.topic",
                group + "-offsets",
                "status.storage.topic",
                group + "-status",
                "config.storage.replication.factor",
                "1",
                "offset.storage.replication.factor",
                "1",
                "status.storage.replication.factor",
                "1",
                "offset.storage.partitions",
                "1",
                "status.storage.partitions",
                "1"));
        settings.putAll(Map.of(
                "listeners", url,
                "plugin.path", Repository.built("connector", "plugins").toString(),
                "plugin.discovery", "service_load",
                "key.converter", "org.apache.kafka.connect.json.JsonConverter",
                "value.converter", "org.apache.kafka.connect.json.JsonConverter",
                "exactly.once.source.support", "enabled",
                "offset.flush.interval.ms", "1000",
                // How long after a kill its group waits for the dead.
                "session.timeout.ms", "3000",
                "heartbeat.interval.ms", "800",
                "scheduled.rebalance.max.delay.ms", "0"));
        return settings;
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void awaitAnswer(Process process, String url, Path log) throws IOException, InterruptedException {
        var client = HttpClient.newHttpClient();
        var request = HttpRequest.newBuilder(URI.create(url + "/connectors")).build();
        var deadline = Instant.now().plus(PATIENCE);
        while (!answers(client, request)) {
            if (!process.isAlive() || Instant.now().isAfter(deadline)) {
                throw new IllegalStateException("the Connect worker does not start: " + Files.readString(log));
            }
            Thread.sleep(200);
        }
    }

    private static boolean answers(HttpClient client, HttpRequest request) throws InterruptedException {
        try {
            return client.send(request, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Its own log is worth nothing without the test that asked for it. */
    @Override
    public void close() {
        try {
            if (process != null) {
                process.destroy();
                if (!process.waitFor(10, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            }
            if (Files.exists(folder)) {
                try (var files = Files.list(folder)) {
                    for (var file : files.toList()) {
                        Files.delete(file);
                    }
                }
                Files.delete(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
