package dev.failureaware.cdc.verifier;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/** A report for people: the verdict first, then one line for each table, each check and each difference. */
final class TextReport {
    private static final int LATEST = 10;

    private TextReport() {}

    static String of(Report report) {
        var text = new StringBuilder();
        line(text, "%s  %s  (took %d ms)", report.status(), report.timestamp(), report.durationMillis());
        if (report.reason() != null) {
            line(text, "  %s", report.reason());
        }
        if (report.fence() != null) {
            line(
                    text,
                    "  proven as of source position %s, reached by the sink after %d ms",
                    report.fence().lsn(),
                    report.fence().reachedAfterMillis());
        }
        tables(text, report.tables());
        checks(text, report);
        differences(text, report.tables());
        pipeline(text, report);
        if (!report.history().isEmpty()) {
            line(
                    text,
                    "%nlast verdicts  %s",
                    report.history().stream()
                            .skip(Math.max(0, report.history().size() - LATEST))
                            .map(past -> past.status().name())
                            .collect(Collectors.joining(" ")));
        }
        return text.toString();
    }

    private static void tables(StringBuilder text, Map<String, Report.Table> tables) {
        if (tables.isEmpty()) {
            return;
        }
        var width = Math.max(
                5, tables.keySet().stream().mapToInt(String::length).max().orElse(0));
        var row = "%-" + width + "s  %-16s %10s %10s %9s %9s %10s";
        line(text, "%n" + row, "table", "status", "source", "sink", "missing", "orphans", "mismatches");
        tables.forEach((name, table) -> line(
                text,
                row + "%s",
                name,
                table.status(),
                number(table.counts().source()),
                number(table.counts().sink()),
                number(table.missing()),
                number(table.orphans()),
                number(table.mismatches()),
                (table.atLeast() ? "  (at least)" : "")
                        + (table.unsettled() > 0 ? "  (" + table.unsettled() + " unsettled)" : "")));
    }

    private static void checks(StringBuilder text, Report report) {
        line(text, "");
        report.checks()
                .forEach(check -> line(
                        text,
                        "%-22s %s%s",
                        check.name(),
                        check.status(),
                        check.detail().isEmpty() ? "" : "  " + check.detail()));
    }

    private static void differences(StringBuilder text, Map<String, Report.Table> tables) {
        tables.forEach((name, table) -> {
            if (!table.differences().isEmpty()) {
                line(text, "%ndifferences in %s", name);
            }
            table.differences().forEach(difference -> {
                line(text, "  %-11s %s", difference.kind(), difference.key());
                if (difference.source() != null && difference.sink() != null) {
                    line(text, "              source  %s", difference.source());
                    line(text, "              sink    %s", difference.sink());
                }
            });
        });
    }

    private static void pipeline(StringBuilder text, Report report) {
        var slot = report.pipeline().slot();
        var connector = report.pipeline().connector();
        var summary = report.summary();
        line(
                text,
                "%nslot       %s",
                slot == null
                        ? "unknown"
                        : "%s, %s bytes of log retained, confirmed up to %s"
                                .formatted(
                                        slot.active() ? "active" : "not active",
                                        number(slot.retainedWalBytes()),
                                        slot.confirmedFlushLsn()));
        line(text, "connector  %s", connector == null ? "unknown" : connector.state() + ", tasks " + connector.tasks());
        report.pipeline()
                .findings()
                .forEach(finding -> line(text, "attention  %s: %s", finding.subject(), finding.detail()));
        line(
                text,
                "sink       lag %s events, %s duplicates absorbed, %s records parked",
                number(summary.lag()),
                number(summary.duplicatesAbsorbed()),
                number(summary.parked()));
    }

    private static String number(Long value) {
        return value == null ? "-" : value.toString();
    }

    /** Values may come from the databases: what would steer a terminal or begin a line is a question mark. */
    private static void line(StringBuilder text, String format, Object... values) {
        var plain = Arrays.stream(values)
                .map(value -> value instanceof String words ? words.replaceAll("\\p{Cntrl}", "?") : value)
                .toArray();
        text.append(String.format(format, plain)).append('\n');
    }
}
