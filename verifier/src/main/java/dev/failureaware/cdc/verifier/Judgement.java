package dev.failureaware.cdc.verifier;

import dev.failureaware.cdc.model.TableId;
import dev.failureaware.cdc.model.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Turns what was found into verdicts: of each table, of each of the four checks, of all. The worst wins everywhere, and every
 * FAIL has a line among the failures.
 */
final class Judgement {
    private static final String SCHEMA_DRIFT = "schema_drift";
    private static final Set<Look.Finding> COUNTED = EnumSet.of(Look.Finding.MISSING, Look.Finding.ORPHAN);

    private final Map<CheckName, Verdict> checks = new EnumMap<>(CheckName.class);
    private final Map<CheckName, List<String>> details = new EnumMap<>(CheckName.class);
    private final Map<TableId, Verdict> tables = new TreeMap<>();
    private final Map<TableId, Report.Table> tableReports = new TreeMap<>();
    private final List<Report.Failure> failures = new ArrayList<>();
    private String interruption;

    Judgement() {
        for (var name : CheckName.values()) {
            checks.put(name, Verdict.PASS);
            details.put(name, new ArrayList<>());
        }
    }

    void schema(SchemaCheck.Found found) {
        found.shapes().source().keySet().forEach(table -> tables.put(table, Verdict.PASS));
        found.failed()
                .forEach(drift -> fail(CheckName.SCHEMA_COMPATIBILITY, SCHEMA_DRIFT, drift.table(), 1, drift.detail()));
        found.pending()
                .forEach(drift -> say(
                        CheckName.SCHEMA_COMPATIBILITY,
                        Verdict.SYNC_IN_PROGRESS,
                        drift.table(),
                        drift.detail() + "; no row was written since, so no event has told the sink"));
        details.get(CheckName.SCHEMA_COMPATIBILITY).addAll(found.notes());
        found.lost().forEach((table, rows) -> {
            fail(CheckName.ROW_COUNT_MATCH, null, table, rows, rows + " rows at the source, no table at the sink");
            fail(
                    CheckName.DATA_INTEGRITY,
                    RowClass.MISSING.label(),
                    table,
                    rows,
                    rows + " rows are missing at the sink");
        });
        found.shapes().source().keySet().stream()
                .filter(table -> !found.shapes().sink().containsKey(table))
                .forEach(table -> {
                    var rows = found.lost().getOrDefault(table, 0L);
                    tableReports.put(
                            table,
                            new Report.Table(
                                    Verdict.PASS,
                                    new Report.Counts(rows, 0L),
                                    rows,
                                    0L,
                                    0L,
                                    rows == 0 ? Map.of() : Map.of(RowClass.MISSING.label(), rows),
                                    false,
                                    0,
                                    List.of()));
                });
    }

    void rows(Collection<TableCheck> compared) {
        compared.forEach(this::rows);
    }

    private void rows(TableCheck check) {
        var table = check.pair().id();
        var missing = check.rows(Look.Finding.MISSING);
        var orphans = check.rows(Look.Finding.ORPHAN);
        var mismatches = check.rows(Look.Finding.MISMATCH);
        var atLeast = check.complete() ? "" : "at least ";
        if (missing != orphans) {
            fail(
                    CheckName.ROW_COUNT_MATCH,
                    null,
                    table,
                    Math.abs(missing - orphans),
                    "%s%d rows missing, %d orphans".formatted(atLeast, missing, orphans)
                            + (check.complete()
                                    ? ": the sink has %d rows, the source %d"
                                            .formatted(check.sinkRows(), check.sourceRows())
                                    : ""));
        }
        var classes = check.classes();
        classes.forEach((rowClass, rows) -> fail(
                rowClass.check(),
                rowClass.label(),
                table,
                rows,
                atLeast + rows + " " + rowClass.words() + named(check, rowClass)));
        unsettled(check, CheckName.ROW_COUNT_MATCH, COUNTED);
        unsettled(
                check,
                CheckName.DATA_INTEGRITY,
                EnumSet.of(Look.Finding.MISSING, Look.Finding.MISMATCH, Look.Finding.CHANGING));
        unsettled(check, CheckName.NO_ORPHANS, EnumSet.of(Look.Finding.ORPHAN));
        tableReports.put(
                table,
                new Report.Table(
                        Verdict.PASS,
                        check.complete()
                                ? new Report.Counts(check.sourceRows(), check.sinkRows())
                                : new Report.Counts(null, null),
                        missing,
                        orphans,
                        mismatches,
                        labelled(classes),
                        !check.complete(),
                        check.unsettled().size(),
                        check.examples()));
    }

    private void unsettled(TableCheck check, CheckName name, Set<Look.Finding> findings) {
        if (!check.complete() || check.anyUnsettled(findings)) {
            say(
                    name,
                    Verdict.SYNC_IN_PROGRESS,
                    check.pair().id(),
                    (check.complete() ? "" : "not read to its end; ")
                            + check.unsettled().size() + " rows were written at every look, or need another one");
        }
    }

    private static Map<String, Long> labelled(Map<RowClass, Long> classes) {
        var labelled = new LinkedHashMap<String, Long>();
        classes.forEach((rowClass, rows) -> labelled.put(rowClass.label(), rows));
        return labelled;
    }

    private static String named(TableCheck check, RowClass rowClass) {
        var keys = check.examples().stream()
                .filter(example -> example.kind().equals(rowClass.label()))
                .limit(3)
                .map(Difference::key)
                .toList();
        return keys.isEmpty() ? "" : ", for instance " + String.join("; ", keys);
    }

    void parked(Collection<SinkProgress.Parked> parked, Topics topics) {
        for (var ofTopic : parked) {
            var table = tables.keySet().stream()
                    .filter(id -> topics.of(id).equals(ofTopic.topic()))
                    .findFirst()
                    .orElse(null);
            fail(
                    CheckName.DATA_INTEGRITY,
                    "parked",
                    table,
                    ofTopic.records(),
                    "parked: %d records of %s could not be applied, for instance: %s"
                            .formatted(ofTopic.records(), ofTopic.topic(), ofTopic.reason()));
        }
    }

    void capture(CaptureCheck.Found found) {
        found.uncaptured().forEach(table -> fail(CheckName.CAPTURE, "uncaptured_table", table.table(), 1, table.why()));
        details.get(CheckName.CAPTURE).addAll(found.notes());
    }

    void stopped(Collection<SinkProgress.Stopped> stopped) {
        stopped.forEach(table -> fail(
                CheckName.SCHEMA_COMPATIBILITY,
                "stopped_table",
                table.table(),
                table.partitions(),
                "stopped at the sink, its events wait in %d partitions: %s"
                        .formatted(table.partitions(), table.reason())));
    }

    /** The work could not be done to its end, so no check is better than this; what was found until then stays. */
    void interrupted(Verdict verdict, String reason) {
        interruption = reason;
        for (var name : CheckName.values()) {
            if (checks.get(name) == Verdict.PASS) {
                details.get(name).add(reason);
            }
            checks.merge(name, verdict, Verdict::and);
        }
        tables.replaceAll((table, status) -> status.and(verdict));
    }

    private void fail(CheckName name, String kind, TableId table, long count, String detail) {
        say(name, Verdict.FAIL, table, detail);
        failures.add(new Report.Failure(name.label(), kind, table == null ? null : table.label(), count, detail));
    }

    private void say(CheckName name, Verdict verdict, TableId table, String detail) {
        checks.merge(name, verdict, Verdict::and);
        details.get(name).add(table == null ? detail : table.label() + ": " + detail);
        if (table != null) {
            tables.merge(table, verdict, Verdict::and);
        }
    }

    Verdict status() {
        return checks.values().stream().reduce(Verdict.PASS, Verdict::and);
    }

    /** Null for PASS. */
    String reason() {
        return switch (status()) {
            case PASS -> null;
            case FAIL ->
                causes().stream()
                        .map(failure ->
                                failure.table() == null ? failure.detail() : failure.table() + ": " + failure.detail())
                        .distinct()
                        .limit(5)
                        .collect(Collectors.joining("; "));
            case SYNC_IN_PROGRESS, UNKNOWN ->
                interruption != null
                        ? interruption
                        : details.values().stream()
                                .flatMap(List::stream)
                                .distinct()
                                .limit(5)
                                .collect(Collectors.joining("; "));
        };
    }

    /** Row counts differ because of rows that are missing or too many; where those are named, the count adds nothing. */
    private List<Report.Failure> causes() {
        var causes = failures.stream()
                .filter(failure -> !failure.check().equals(CheckName.ROW_COUNT_MATCH.label()))
                .toList();
        return causes.isEmpty() ? failures : causes;
    }

    List<Report.Check> checks() {
        return Arrays.stream(CheckName.values())
                .map(name -> new Report.Check(name.label(), checks.get(name), String.join("; ", details.get(name))))
                .toList();
    }

    List<Report.Failure> failures() {
        return List.copyOf(failures);
    }

    Map<String, Report.Table> tables() {
        var reports = new LinkedHashMap<String, Report.Table>();
        tables.forEach((table, status) -> {
            var report = tableReports.get(table);
            reports.put(
                    table.label(),
                    report == null
                            ? new Report.Table(
                                    status,
                                    new Report.Counts(null, null),
                                    null,
                                    null,
                                    null,
                                    Map.of(),
                                    false,
                                    0,
                                    List.of())
                            : new Report.Table(
                                    status,
                                    report.counts(),
                                    report.missing(),
                                    report.orphans(),
                                    report.mismatches(),
                                    report.classes(),
                                    report.atLeast(),
                                    report.unsettled(),
                                    report.differences()));
        });
        return reports;
    }

    void tablesKnown(Collection<TableId> known) {
        known.forEach(table -> tables.putIfAbsent(table, Verdict.PASS));
    }
}
