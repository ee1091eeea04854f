package dev.failureaware.cdc.benchmarks;

import dev.failureaware.cdc.stack.Folders;
import dev.failureaware.cdc.stack.Running;
import dev.failureaware.cdc.stack.StackException;
import dev.failureaware.cdc.stack.Workbench;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Rounds of all contestants in turn, so that what disturbs the machine disturbs all of them; the medians count. */
final class VerifierBenchmark {
    private static final String BENCHMARK = "bench-verifier";
    private static final List<Integer> NUMBERS_OF_DIFFERENCES = List.of(0, 1, 1000);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** What the servers of a pipeline would have; the tables do not fit into shared_buffers, but into the system's cache. */
    private static final Map<String, String> POSTGRES = Map.of("shared_buffers", "256MB", "max_wal_size", "8GB");

    private static final String VERIFIER = "verifier";
    private static final String VERIFIER_PROCESS = "verifier_process";
    private static final String PG_COMPARATOR = "pg_comparator";
    private static final String TEXT_DIGEST = "text_digest";
    private static final String RECORD_DIGEST = "record_digest";
    private static final Map<String, String> BOUNDS = Map.of(
            TEXT_DIGEST, "SELECT count(*), sum(hashtextextended(t::text, 0)) FROM " + ComparedTables.TABLE + " t",
            RECORD_DIGEST, "SELECT count(*), sum(hash_record_extended(t, 0)) FROM " + ComparedTables.TABLE + " t");

    private final Options options;
    private final Progress progress;

    VerifierBenchmark(Options options, Progress progress) {
        this.options = options;
        this.progress = progress;
    }

    /**
     * @param rows of each table
     * @param home the clone, built
     * @param report folder for {@code bench-verifier.json}
     * @param folder where the run makes its temporary folder
     */
    record Options(int rows, int rounds, Path home, Path report, Path folder, int firstPort) {}

    void run() throws IOException, InterruptedException, SQLException {
        var report = new Report(options.report, BENCHMARK);
        report.put("machine", Machine.facts());
        Files.createDirectories(options.folder);
        var folder = Files.createTempDirectory(
                options.folder,
                BENCHMARK + "-",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x")));
        Workbench workbench;
        try {
            workbench = Workbench.ofDatabases(options.home, folder, options.firstPort);
        } catch (StackException notBuilt) {
            Folders.delete(folder);
            throw notBuilt;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(workbench, folder), "clean-up"));
        try {
            run(workbench, report);
        } finally {
            end(workbench, folder);
        }
        progress.line("\nreport: " + report.file());
    }

    private void run(Workbench workbench, Report report) throws IOException, InterruptedException, SQLException {
        run(workbench, report, "results", Optional.empty());
        var peer = PgComparator.installed();
        if (peer.isPresent()) {
            run(workbench, report, PG_COMPARATOR, peer);
        } else {
            report.put(PG_COMPARATOR, PgComparator.ABSENT);
            progress.line("pg_comparator " + PgComparator.ABSENT);
        }
        report.complete();
    }

    /**
     * All of it on two servers of their own.
     *
     * @param part of the report
     * @param peer takes part; the servers are those of its installation then
     */
    private void run(Workbench workbench, Report report, String part, Optional<PgComparator> peer)
            throws IOException, InterruptedException, SQLException {
        var source = server(workbench, part + "-source", peer);
        var sink = server(workbench, part + "-sink", peer);
        source.awaitReady(PATIENCE);
        sink.awaitReady(PATIENCE);
        var tables = new ComparedTables(workbench, source, sink, options.rows);
        if (peer.isPresent()) {
            tables.askBoth(PgComparator.EXTENSION);
        }
        var sizes = tables.fill();
        var servers = "PostgreSQL " + sizes.get("postgresql");
        progress.line("%s: two tables of %,d rows, %s MB each".formatted(servers, options.rows, sizes.get("table_mb")));
        var results = new LinkedHashMap<String, Object>(sizes);
        if (peer.isEmpty()) {
            report.put("settings", settings());
        }
        for (var number : NUMBERS_OF_DIFFERENCES) {
            var result = measure(workbench, tables, ComparedTables.Differences.inAll(number), peer);
            results.put(number + "_differences", result);
            report.put(part, results);
            progress.line(line(number, result));
        }
        source.stop();
        sink.stop();
    }

    private static Running server(Workbench workbench, String name, Optional<PgComparator> peer)
            throws IOException, InterruptedException {
        return peer.isPresent()
                ? workbench.postgres(name, peer.get().postgresql(), POSTGRES)
                : workbench.postgres(name, POSTGRES);
    }

    private Map<String, Object> settings() {
        var settings = new LinkedHashMap<String, Object>();
        settings.put("rows", options.rows);
        settings.put("rounds", options.rounds);
        settings.put("postgresql_settings", POSTGRES);
        settings.put("jvm", String.join(" ", VerifierRun.JVM));
        return settings;
    }

    private Map<String, Object> measure(
            Workbench workbench,
            ComparedTables tables,
            ComparedTables.Differences differences,
            Optional<PgComparator> peer)
            throws IOException, InterruptedException, SQLException {
        tables.differBy(differences);
        var seconds = new LinkedHashMap<String, List<Double>>();
        var peak = 0L;
        for (var round = 1; round <= options.rounds; round++) {
            for (var bound : List.of(RECORD_DIGEST, TEXT_DIGEST)) {
                var began = System.nanoTime();
                tables.askBoth(BOUNDS.get(bound));
                seconds.computeIfAbsent(bound, absent -> new ArrayList<>()).add((System.nanoTime() - began) / 1e9);
            }
            var run = VerifierRun.of(options.home, tables, workbench.password());
            run.check(differences);
            seconds.computeIfAbsent(VERIFIER, absent -> new ArrayList<>()).add(run.seconds());
            seconds.computeIfAbsent(VERIFIER_PROCESS, absent -> new ArrayList<>())
                    .add(run.secondsOfProcess());
            if (peer.isPresent()) {
                seconds.computeIfAbsent(PG_COMPARATOR, absent -> new ArrayList<>())
                        .add(peer.get().run(tables, workbench.password(), differences));
            }
            peak = Math.max(peak, run.peakMegabytes());
        }
        var medians = new LinkedHashMap<String, Double>();
        seconds.forEach((name, all) -> medians.put(name, Statistics.round(Statistics.median(all), 3)));
        var faster = Math.min(medians.get(TEXT_DIGEST), medians.get(RECORD_DIGEST));
        var result = new LinkedHashMap<String, Object>();
        result.put("seconds", medians);
        result.put("ratio_to_faster_digest", Statistics.round(medians.get(VERIFIER) / faster, 2));
        if (peer.isPresent()) {
            // Both with the start of their processes.
            result.put(
                    "pg_comparator_to_verifier",
                    Statistics.round(medians.get(PG_COMPARATOR) / medians.get(VERIFIER_PROCESS), 2));
        }
        result.put("verifier_peak_mb", peak);
        result.put("all_seconds", seconds);
        return result;
    }

    @SuppressWarnings("unchecked")
    private static String line(int differences, Map<String, Object> result) {
        var seconds = (Map<String, Object>) result.get("seconds");
        var line =
                "%,6d differences: verifier %s s (its process %s s), record digest %s s, text digest %s s; %s times the faster; %s MB"
                        .formatted(
                                differences,
                                seconds.get(VERIFIER),
                                seconds.get(VERIFIER_PROCESS),
                                seconds.get(RECORD_DIGEST),
                                seconds.get(TEXT_DIGEST),
                                result.get("ratio_to_faster_digest"),
                                result.get("verifier_peak_mb"));
        return seconds.containsKey(PG_COMPARATOR)
                ? line
                        + "; pg_comparator %s s, %s times the verifier's process"
                                .formatted(seconds.get(PG_COMPARATOR), result.get("pg_comparator_to_verifier"))
                : line;
    }

    private static void end(Workbench workbench, Path folder) {
        workbench.close();
        try {
            Folders.delete(folder);
        } catch (IOException e) {
            System.err.println("warning: " + folder + " could not be removed: " + e.getMessage());
        }
    }
}
