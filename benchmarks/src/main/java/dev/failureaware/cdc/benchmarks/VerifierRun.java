package dev.failureaware.cdc.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * One run of the packaged verifier's {@code compare} in a process of its own.
 *
 * @param seconds of the comparison
 * @param secondsOfProcess with the start of the virtual machine
 * @param peakMegabytes highest resident memory of the process
 */
record VerifierRun(JsonNode report, double seconds, double secondsOfProcess, long peakMegabytes) {
    /** As the stack starts the verifier. */
    static final List<String> JVM = List.of("-Xmx96m", "-XX:+UseSerialGC");

    static VerifierRun of(Path home, ComparedTables tables, String password) throws IOException, InterruptedException {
        var command = new java.util.ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM);
        command.addAll(List.of(
                "-jar",
                home.resolve("verifier/target/quarkus-app/quarkus-run.jar").toString(),
                "compare",
                "--json",
                "--timeout",
                "60m",
                "--table",
                ComparedTables.TABLE,
                "--source",
                tables.url(0),
                "--sink",
                tables.url(1)));
        var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(Map.of("CDC_SOURCE_PASSWORD", password, "CDC_SINK_PASSWORD", password));
        var began = System.nanoTime();
        var process = builder.start();
        var output = CompletableFuture.supplyAsync(() -> {
            try {
                return process.getInputStream().readAllBytes();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        var peak = 0L;
        try {
            do {
                peak = Math.max(peak, peakKilobytes(process.pid()));
            } while (!process.waitFor(20, TimeUnit.MILLISECONDS));
        } finally {
            process.destroyForcibly();
        }
        var seconds = (System.nanoTime() - began) / 1e9;
        var text = output.join();
        if (text.length == 0) {
            throw new BenchmarkException("the verifier ended with exit code %d".formatted(process.exitValue()));
        }
        var report = new ObjectMapper().readTree(text);
        return new VerifierRun(report, report.path("durationMillis").asLong() / 1000.0, seconds, peak >> 10);
    }

    private static long peakKilobytes(long pid) {
        try (var lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
            return lines.filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")))
                    .findFirst()
                    .orElse(0);
        } catch (IOException | java.io.UncheckedIOException e) {
            return 0;
        }
    }

    /** @throws WrongResultException where it did not find exactly what differs */
    void check(ComparedTables.Differences expected) {
        var table = report.path("tables").path("orders");
        var found = new ComparedTables.Differences(
                table.path("missing").asInt(-1),
                table.path("orphans").asInt(-1),
                table.path("mismatches").asInt(-1));
        if (!found.equals(expected)) {
            throw new WrongResultException(
                    "expected %s, the verifier found %s: %s".formatted(expected, found, report.path("reason")));
        }
    }
}
