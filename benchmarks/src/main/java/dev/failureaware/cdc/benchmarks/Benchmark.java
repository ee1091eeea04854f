package dev.failureaware.cdc.benchmarks;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** One run: the servers, then part after part, then the report. */
final class Benchmark {
    private final Options options;
    private final Map<String, String> environment;
    private final Progress progress;

    Benchmark(Options options, Map<String, String> environment, Progress progress) {
        this.options = options;
        this.environment = environment;
        this.progress = progress;
    }

    /** @return the report as it was written */
    Map<String, Object> run() throws IOException, InterruptedException, SQLException {
        var began = Instant.now();
        var report = new Report(options.report());
        report.content().put("started_at", began.toString());
        report.content().put("machine", Machine.facts());
        report.content().put("parameters", parameters());
        progress.line("Starting PostgreSQL and Kafka …");
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
            if (options.parts().contains(Part.WORKLOADS)) {
                report.put("workloads", new WorkloadsPart(bed, options, progress, contestants).run());
            }
            report.content()
                    .put("took_seconds", Duration.between(began, Instant.now()).toSeconds());
            report.complete();
            Summary.print(report.content(), progress);
            progress.line("\n  " + report.file());
            return report.content();
        }
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
