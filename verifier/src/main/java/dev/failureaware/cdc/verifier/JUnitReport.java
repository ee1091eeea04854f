package dev.failureaware.cdc.verifier;

import dev.failureaware.cdc.model.Verdict;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A report as JUnit XML, for build servers: one test case for each check, one for each table, one for the pipeline's state. What
 * is FAIL is a failure; what could not be checked is an error; neither is ever a pass.
 */
final class JUnitReport {
    private JUnitReport() {}

    static String of(Report report) {
        var cases = new StringBuilder();
        var count = new int[3];
        for (var check : report.checks()) {
            testCase(cases, count, "check", check.name(), check.status(), check.detail());
        }
        report.tables()
                .forEach((name, table) -> testCase(cases, count, "table", name, table.status(), details(report, name)));
        if (count[0] == 0) {
            testCase(cases, count, "check", "verification", report.status(), report.reason());
        }
        return """
                <?xml version="1.0" encoding="UTF-8"?>
                <testsuite name="cdc-verifier" tests="%d" failures="%d" errors="%d" skipped="0" time="%s" timestamp="%s">
                <properties><property name="verdict" value="%s"/></properties>
                %s</testsuite>
                """.formatted(
                        count[0],
                        count[1],
                        count[2],
                        String.format(Locale.ROOT, "%.3f", report.durationMillis() / 1000.0),
                        report.timestamp(),
                        report.status(),
                        cases);
    }

    private static String details(Report report, String table) {
        var lines = report.failures().stream()
                .filter(failure -> table.equals(failure.table()))
                .map(Report.Failure::detail)
                .collect(Collectors.toList());
        report.tables()
                .get(table)
                .differences()
                .forEach(difference -> lines.add("%s %s  source %s  sink %s"
                        .formatted(difference.kind(), difference.key(), difference.source(), difference.sink())));
        return lines.isEmpty() ? report.reason() : String.join("\n", lines);
    }

    private static void testCase(
            StringBuilder cases, int[] count, String group, String name, Verdict verdict, String detail) {
        count[0]++;
        cases.append("<testcase classname=\"cdc.%s\" name=\"%s\"".formatted(group, Markup.escaped(name)));
        var outcome = switch (verdict) {
            case PASS -> null;
            case FAIL -> "failure";
            case UNKNOWN, SYNC_IN_PROGRESS -> "error";
        };
        if (outcome == null) {
            cases.append("/>\n");
            return;
        }
        count[outcome.equals("failure") ? 1 : 2]++;
        cases.append("><%s message=\"%s\" type=\"%s\">%s</%s></testcase>\n"
                .formatted(outcome, verdict, verdict, Markup.escaped(detail == null ? "" : detail), outcome));
    }
}
