package dev.failureaware.cdc.benchmarks;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The main part: each workload drained by each contestant, alternating, several rounds. */
final class WorkloadsPart {
    static final String SCHEMA_LESS = "-schemaless";

    private final TestBed bed;
    private final Options options;
    private final Progress progress;
    private final List<Contestant> contestants;
    private final Bound bound;
    private final Problems problems;

    WorkloadsPart(TestBed bed, Options options, Progress progress, List<Contestant> contestants, Problems problems) {
        this.bed = bed;
        this.options = options;
        this.progress = progress;
        this.contestants = contestants;
        this.problems = problems;
        this.bound = new Bound(bed);
    }

    static List<String> names() {
        return Arrays.stream(Workload.values())
                .flatMap(workload -> java.util.stream.Stream.of(workload.label(), workload.label() + SCHEMA_LESS))
                .toList();
    }

    private boolean wanted(String name) {
        return options.workloads().isEmpty() || options.workloads().contains(name);
    }

    /** @return one map per workload, for the report */
    List<Map<String, Object>> run() throws IOException, InterruptedException, SQLException {
        var all = captureAll();
        var results = new ArrayList<Map<String, Object>>();
        for (var captured : all) {
            var workload = captured.workload();
            var changes = options.takesPart(Bound.LABEL) ? read(captured.schemaFull()) : List.<Change>of();
            if (wanted(workload.label())) {
                results.add(measure(workload, workload.label(), captured.schemaFull(), changes));
            }
            if (captured.schemaLess().isPresent()) {
                results.add(measure(
                        workload,
                        workload.label() + SCHEMA_LESS,
                        captured.schemaLess().get(),
                        changes));
            }
        }
        return results;
    }

    private List<Captured> captureAll() throws IOException, InterruptedException, SQLException {
        var all = new ArrayList<Captured>();
        try (var capture = new Capture(bed)) {
            if (Arrays.stream(Workload.values()).anyMatch(workload -> wanted(workload.label() + SCHEMA_LESS))) {
                SchemaLessCheck.run(capture);
            }
            for (var workload : Workload.values()) {
                var schemaLess = wanted(workload.label() + SCHEMA_LESS);
                if (wanted(workload.label()) || schemaLess) {
                    all.add(capture(capture, workload, schemaLess));
                }
            }
        }
        return all;
    }

    private Captured capture(Capture capture, Workload workload, boolean schemaLess)
            throws IOException, InterruptedException, SQLException {
        var table = new Table(workload.label().replace('-', '_'));
        var bare = workload.label() + SCHEMA_LESS;
        if (schemaLess) {
            bed.createTopic(Topic.name(bare, table), options.partitions(), Map.of());
        }
        progress.line("\n%s: %s".formatted(workload.label(), workload.description()));
        progress.begin("capturing %,d events by Debezium".formatted(options.events()));
        try (var copy = new SchemaLessCopy(bed.kafka.address(), Topic.name(bare, table))) {
            var topic = capture.capture(
                    workload,
                    table,
                    workload.label(),
                    options.partitions(),
                    options.events(),
                    event -> {
                        if (schemaLess) {
                            copy.add(event);
                        }
                    },
                    progress::rows);
            progress.end("%,d bytes per event".formatted(topic.valueBytes()));
            return new Captured(
                    workload,
                    topic,
                    schemaLess
                            ? Optional.of(new Topic(
                                    bare, table, options.partitions(), false, topic.order(), copy.meanBytes()))
                            : Optional.empty());
        }
    }

    /** The events for the bound, in memory before it begins. */
    private List<Change> read(Topic topic) {
        var changes = new ArrayList<Change>((int) topic.events());
        new TopicReader(bed.kafka.address())
                .read(
                        topic.prefix(),
                        topic.table(),
                        topic.partitions(),
                        true,
                        topic.events(),
                        event -> {
                            if (event.payload() != null) {
                                changes.add(Change.of(event.json()));
                            }
                        },
                        read -> {});
        return changes;
    }

    private Map<String, Object> measure(Workload workload, String name, Topic topic, List<Change> changes)
            throws IOException, InterruptedException, SQLException {
        var rates = new LinkedHashMap<String, List<Double>>();
        var peaks = new LinkedHashMap<String, Long>();
        var absent = new LinkedHashMap<String, String>();
        for (var contestant : contestants) {
            contestant.absence(topic).ifPresent(reason -> absent.put(contestant.label(), reason));
        }
        absent.forEach((label, reason) -> progress.line("  %s %s is absent: %s".formatted(name, label, reason)));
        for (var round = 1; round <= options.rounds(); round++) {
            for (var contestant : contestants) {
                var label = contestant.label();
                if (absent.containsKey(label)) {
                    continue;
                }
                progress.begin("%s, round %d of %d: %s".formatted(name, round, options.rounds(), label));
                try {
                    add(label, new Drain(bed, progress).run(contestant, topic), rates, peaks);
                } catch (BenchmarkException e) {
                    if (TestBed.isEnding()) {
                        throw e;
                    }
                    absent.put(label, e.getMessage());
                    progress.end("ABSENT: " + e.getMessage());
                    if (!(e instanceof RefusedException)) {
                        problems.add(name + ", " + label, e);
                    }
                    if (e instanceof WrongResultException) {
                        rates.remove(label); // Its figures of earlier rounds are worth no more.
                    }
                }
            }
            if (options.takesPart(Bound.LABEL)) {
                progress.begin("%s, round %d of %d: bound".formatted(name, round, options.rounds()));
                add(Bound.LABEL, bound.run(topic, changes), rates, peaks);
            }
        }
        return result(workload, name, topic, rates, peaks, absent);
    }

    private void add(String label, Drain.Outcome outcome, Map<String, List<Double>> rates, Map<String, Long> peaks) {
        rates.computeIfAbsent(label, any -> new ArrayList<>()).add(outcome.eventsPerSecond());
        outcome.peakResidentBytes().ifPresent(bytes -> peaks.merge(label, bytes >> 20, Math::max));
        progress.end("%,9.0f events/s%s"
                .formatted(
                        outcome.eventsPerSecond(),
                        outcome.peakResidentBytes().isPresent()
                                ? ", %d MB at most"
                                        .formatted(outcome.peakResidentBytes().getAsLong() >> 20)
                                : ""));
    }

    private Map<String, Object> result(
            Workload workload,
            String name,
            Topic topic,
            Map<String, List<Double>> rates,
            Map<String, Long> peaks,
            Map<String, String> absent) {
        var result = new LinkedHashMap<String, Object>();
        result.put("name", name);
        result.put("format", topic.schemaFull() ? "schema-full" : "schema-less");
        result.put("description", workload.description());
        result.put("events", topic.events());
        result.put("partitions", topic.partitions());
        result.put("event_bytes", topic.valueBytes());
        var medians = new LinkedHashMap<String, Double>();
        rates.forEach((label, all) -> medians.put(label, Statistics.median(all)));
        medians.forEach((label, median) -> result.put(label, Math.round(median)));
        var ratios = new LinkedHashMap<String, Double>();
        var ours = medians.get(OurSink.LABEL);
        if (ours != null) {
            medians.forEach((label, median) -> {
                if (!label.equals(OurSink.LABEL)) {
                    ratios.put(String.format(Locale.ROOT, "ours_to_%s", label), Statistics.round(ours / median, 3));
                }
            });
        }
        result.put("ratios", ratios);
        var rounded = new LinkedHashMap<String, Object>();
        rates.forEach(
                (label, all) -> rounded.put(label, all.stream().map(Math::round).toList()));
        result.put("rounds", rounded);
        result.put("peak_resident_mb", peaks);
        result.put("absent", absent);
        return result;
    }
}
