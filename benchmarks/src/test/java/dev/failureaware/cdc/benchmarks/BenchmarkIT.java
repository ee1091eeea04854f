package dev.failureaware.cdc.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One small run with the real servers. Its sink forgets deletes, so it is right where there are none, and wrong elsewhere. */
class BenchmarkIT {
    private static final int EVENTS = 5000;
    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();

    @TempDir
    static Path folder;

    private static Problems problems;
    private static JsonNode report;

    @BeforeAll
    static void run() throws Exception {
        var options = new Options(
                EVENTS,
                1,
                1,
                EnumSet.of(Part.WORKLOADS),
                Set.of("insert-only", "mixed"),
                Set.of(OurSink.LABEL, Bound.LABEL),
                HOME,
                folder.resolve("report"),
                Files.createDirectory(folder.resolve("data")),
                23_000,
                5);
        var progress = new Progress(new PrintStream(Files.newOutputStream(folder.resolve("output"))), false);
        // In many small batches, so that the first look at the table does not find all of it.
        var sink = Map.of("SINK_SABOTAGE", "ignore-deletes", "SINK_BATCH_RECORDS", "100", "SINK_MAX_WAITING", "4M");
        problems = new Benchmark(options, sink, progress).run();
        report = new ObjectMapper()
                .readTree(folder.resolve("report").resolve("bench-sink.json").toFile());
    }

    @Test
    void reportHasFiguresOfEachSinkAndTheirRatios() {
        var inserts = report.path("workloads").path(0);

        assertThat(inserts.path("name").asText()).isEqualTo("insert-only");
        assertThat(inserts.path("events").asInt()).isEqualTo(EVENTS);
        assertThat(inserts.path("ours").asLong()).isPositive();
        assertThat(inserts.path("rounds").path("ours")).hasSize(1);
        assertThat(inserts.path("absent")).isEmpty();
        assertThat(report.path("machine").path("cores").asInt()).isPositive();
        assertThat(report.path("versions").path("debezium_postgres").asText()).startsWith("3.");
        assertThat(report.path("settings").path("postgresql").path("fsync").asText())
                .isEqualTo("on");
        assertThat(report.path("complete").asBoolean()).isTrue();
    }

    @Test
    void wrongRowsAreNoResult() {
        var mixed = report.path("workloads").path(1);

        assertThat(mixed.path("name").asText()).isEqualTo("mixed");
        assertThat(mixed.has("ours")).isFalse();
        assertThat(mixed.path("absent").path("ours").asText()).startsWith("WRONG RESULT");
        assertThat(problems.anyWrongResult()).isTrue();
        assertThat(problems.all()).hasSize(1);
    }

    @Test
    void nothingOfTheRunRemains() throws Exception {
        try (var left = Files.list(folder.resolve("data"))) {
            assertThat(left).isEmpty();
        }
    }
}
