package dev.failureaware.cdc.test;

import java.io.IOException;
import java.io.UncheckedIOException;
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

/**
 * One real Connect worker in distributed mode, as a process of its own: the class path and the plugin folder that the stack
 * deploys, and the settings that matter to what an event looks like. It ends with this JVM.
 */
final class ConnectProcess {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private ConnectProcess() {}

    /** Where its REST interface listens, and the file that it logs to. */
    static List<String> start(String kafka) {
        try {
            var folder = Files.createTempDirectory("test-connect");
            var url = "http://127.0.0.1:" + freePort();
            var log = folder.resolve("connect.log");
            var process = new ProcessBuilder(command(folder, settings(kafka, url)))
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> end(process, folder)));
            awaitAnswer(process, url, log);
            return List.of(url, log.toString());
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

    private static Properties settings(String kafka, String url) {
        var settings = new Properties();
        settings.putAll(Map.of(
                "bootstrap.servers", kafka,
                "group.id", "test-connect",
                "config.storage.topic", "test-connect-configs",
                "offset.storage.topic", "test-connect-offsets",
                "status.storage.topic", "test-connect-status",
                "config.storage.replication.factor", "1",
                "offset.storage.replication.factor", "1",
                "status.storage.replication.factor", "1",
                "offset.storage.partitions", "1",
                "status.storage.partitions", "1"));
        settings.putAll(Map.of(
                "listeners", url,
                "plugin.path", Repository.built("connector", "plugins").toString(),
                "plugin.discovery", "service_load",
                "key.converter", "org.apache.kafka.connect.json.JsonConverter",
                "value.converter", "org.apache.kafka.connect.json.JsonConverter",
                "exactly.once.source.support", "enabled",
                "offset.flush.interval.ms", "1000",
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
    private static void end(Process process, Path folder) {
        try {
            process.destroy();
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            try (var files = Files.list(folder)) {
                for (var file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
