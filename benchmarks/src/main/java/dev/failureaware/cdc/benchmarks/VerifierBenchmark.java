package dev.failureaware.cdc.benchmarks;

import dev.failureaware.cdc.stack.Folders;
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

/** Rounds of all contestants in turn, so that what disturbs the machine disturbs all of them; the medians count. */
final class VerifierBenchmark {
    private static final String BENCHMARK = "bench-verifier";
    private static final List<Integer> NUMBERS_OF_DIFFERENCES = List.of(0, 1, 1000);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** What the servers of a pipeline would have; the tables do not fit into shared_buffers, but into the system's cache. */
    private static final Map<String, String> POSTGRES = Map.of("shared_buffers", "256MB", "max_wal_size", "8GB");

    private static final String VERIFIER = "verifier";
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
        report.put("pg_comparator", "absent: this version of the benchmark does not run it");
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
        var source = workbench.postgres("source", POSTGRES);
        var sink = workbench.postgres("sink", POSTGRES);
        source.awaitReady(PATIENCE);
        sink.awaitReady(PATIENCE);
        var tables = new ComparedTables(workbench, source, sink, options.rows);
        progress.begin("two tables of %,d rows".formatted(options.rows));
        tables.fill();
        progress.end("filled");
        report.put("settings", settings(tables));
        var results = new LinkedHashMap<String, Object>();
        for (var number : NUMBERS_OF_DIFFERENCES) {
            var result = measure(workbench, tables, ComparedTables.Differences.inAll(number));
            results.put(number + "_differences", result);
            report.put("results", results);
            progress.line(line(number, result));
        }
        report.complete();
    }

    private Map<String, Object> settings(ComparedTables tables) throws SQLException {
        var settings = new LinkedHashMap<String, Object>(tables.sizes());
        settings.put("rows", options.rows);
        settings.put("rounds", options.rounds);
        settings.put("postgresql_settings", POSTGRES);
        settings.put("jvm", String.join(" ", VerifierRun.JVM));
        return settings;
    }

    private Map<String, Object> measure(
            Workbench workbench, ComparedTables tables, ComparedTables.Differences differences)
            throws IOException, InterruptedException, SQLException {
        tables.differBy(differences);
        var seconds = new LinkedHashMap<String, List<Double>>();
        var ofProcess = new ArrayList<Double>();
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
            ofProcess.add(run.secondsOfProcess());
            peak = Math.max(peak, run.peakMegabytes());
        }
        var medians = new LinkedHashMap<String, Object>();
        seconds.forEach((name, all) -> medians.put(name, Statistics.round(Statistics.median(all), 3)));
        var faster = Math.min((Double) medians.get(TEXT_DIGEST), (Double) medians.get(RECORD_DIGEST));
        var result = new LinkedHashMap<String, Object>();
        result.put("seconds", medians);
        result.put("ratio_to_faster_digest", Statistics.round((Double) medians.get(VERIFIER) / faster, 2));
        result.put("verifier_process_seconds", Statistics.round(Statistics.median(ofProcess), 3));
        result.put("verifier_peak_mb", peak);
        result.put("all_seconds", seconds);
        return result;
    }

    @SuppressWarnings("unchecked")
    private static String line(int differences, Map<String, Object> result) {
        var seconds = (Map<String, Object>) result.get("seconds");
        return "%,6d differences: verifier %s s, record digest %s s, text digest %s s; %s times the faster; %s MB"
                .formatted(
                        differences,
                        seconds.get(VERIFIER),
                        seconds.get(RECORD_DIGEST),
                        seconds.get(TEXT_DIGEST),
                        result.get("ratio_to_faster_digest"),
                        result.get("verifier_peak_mb"));
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
