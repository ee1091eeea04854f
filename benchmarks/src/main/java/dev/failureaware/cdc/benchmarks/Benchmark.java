package dev.failureaware.cdc.benchmarks;

import dev.failureaware.cdc.stack.StackException;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;

/** One run: the servers, then part after part, then the report. */
final class Benchmark {
    private final Options options;
    private final Map<String, String> environment;
    private final Progress progress;
    private final Problems problems = new Problems();

    Benchmark(Options options, Map<String, String> environment, Progress progress) {
        this.options = options;
        this.environment = environment;
        this.progress = progress;
    }

    /** @return what went wrong; the report says it too */
    Problems run() throws IOException, InterruptedException, SQLException {
        var began = Instant.now();
        var report = new Report(options.report(), "bench-sink");
        report.content().put("started_at", began.toString());
        report.content().put("machine", Machine.facts());
        report.content().put("parameters", parameters());
        progress.line("This takes about %d min. Starting PostgreSQL and Kafka …".formatted(Estimate.minutes(options)));
        try (var bed = TestBed.start(options)) {
            var ours = new OurSink(bed, environment);
            var plugins = options.home().resolve("benchmarks/jdbc-sink/target/plugins");
            var peers = List.<Contestant>of(
                    JdbcSink.byDefault(bed, plugins), JdbcSink.tuned(bed, plugins), JdbcSink.unnest(bed, plugins));
            var contestants = Stream.concat(Stream.of(ours), peers.stream())
                    .filter(contestant -> options.takesPart(contestant.label()))
                    .toList();
            report.content().put("versions", Versions.of(bed, options.home()));
            report.put("settings", settings(bed, contestants));
            Summary.printSettings(report.content(), progress);
            measure(
                    Part.WORKLOADS,
                    report,
                    () -> new WorkloadsPart(bed, options, progress, contestants, problems).run());
            measure(Part.MEMORY, report, () -> new MemoryPart(bed, options, progress).run(ours));
            measure(Part.LATENCY, report, () -> new LatencyPart(bed, options, progress).run(ours));
            measure(Part.PRELOADED, report, () -> new PreloadedPart(bed, options, progress).run(ours));
            measure(Part.SCALING, report, () -> new ScalingPart(bed, options, progress).run(ours));
            report.content().put("problems", problems.all());
            report.content()
                    .put("took_seconds", Duration.between(began, Instant.now()).toSeconds());
            report.complete();
            Summary.print(report.content(), progress);
            progress.line("\n  " + report.file());
            return problems;
        }
    }

    @FunctionalInterface
    private interface Measurement {
        Object run() throws IOException, InterruptedException, SQLException;
    }

    /** One part that fails does not end the others. */
    private void measure(Part part, Report report, Measurement measurement)
            throws IOException, InterruptedException, SQLException {
        if (!options.parts().contains(part)) {
            return;
        }
        try {
            report.put(part.label(), measurement.run());
        } catch (BenchmarkException e) {
            failed(part, e);
        } catch (SQLException | KafkaException | StackException e) {
            failed(part, new BenchmarkException(e.getMessage(), e));
        }
    }

    private void failed(Part part, BenchmarkException failure) {
        if (TestBed.isEnding()) {
            throw failure;
        }
        progress.end("FAILED: " + failure.getMessage());
        problems.add(part.label(), failure);
    }

    private Map<String, Object> parameters() {
        var parameters = new LinkedHashMap<String, Object>();
        parameters.put("events", options.events());
        parameters.put("rounds", options.rounds());
        parameters.put("partitions", options.partitions());
        parameters.put("parts", options.parts().stream().map(Part::label).toList());
        return parameters;
    }

    private static Map<String, Object> settings(TestBed bed, List<Contestant> contestants) {
        var settings = new LinkedHashMap<String, Object>();
        settings.put("postgresql", new java.util.TreeMap<>(TestBed.POSTGRES));
        settings.put("kafka", Map.of("heap_mb", TestBed.KAFKA_HEAP_MEGABYTES));
        settings.put("capture", new java.util.TreeMap<>(Capture.FILLING));
        contestants.forEach(contestant -> settings.put(contestant.label(), contestant.settings()));
        settings.put("bound", new Bound(bed).settings());
        return settings;
    }
}
