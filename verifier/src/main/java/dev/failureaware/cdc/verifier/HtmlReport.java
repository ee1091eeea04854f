package dev.failureaware.cdc.verifier;

import static dev.failureaware.cdc.verifier.Markup.escaped;

import java.util.Locale;
import java.util.stream.Collectors;

/** A report as one page that needs nothing else: no script, no font, no address. */
final class HtmlReport {
    private static final String STYLE = """
            :root { color-scheme: light dark; --text: #1c2430; --dim: #5c6878; --back: #f6f7f9; --card: #fff; --line: #dfe3e9;
              --pass: #12793b; --fail: #c02626; --other: #a35a00; --chart: #2a62b8 }
            @media (prefers-color-scheme: dark) { :root { --text: #e6e9ee; --dim: #98a3b3; --back: #14181e; --card: #1d232b;
              --line: #333c48; --pass: #4cc27c; --fail: #ff7b7b; --other: #f0ac4e; --chart: #7db0ff } }
            body { margin: 0; background: var(--back); color: var(--text); font: 15px/1.5 system-ui, sans-serif }
            main { max-width: 1040px; margin: 0 auto; padding: 24px 16px 48px }
            h1 { font-size: 1.5rem; margin: 0 } h2 { font-size: 1.1rem; margin: 32px 0 10px }
            .card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 14px 16px; margin: 10px 0;
              overflow-x: auto }
            .dim { color: var(--dim) } .v { font-weight: 700; color: var(--other) } .PASS { color: var(--pass) } .FAIL { color: var(--fail) }
            table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
            th, td { text-align: left; padding: 5px 18px 5px 0; border-bottom: 1px solid var(--line); vertical-align: top }
            th { font-weight: 600; color: var(--dim) } tr:last-child > * { border-bottom: 0 } td.n, th.n { text-align: right }
            td.w { overflow-wrap: anywhere } svg { display: block; width: 100%; overflow: hidden }
            .chart { margin: 10px 0 2px; font-size: .85rem; color: var(--dim) }
            .ends { display: flex; justify-content: space-between; gap: 12px; margin: 8px 0 0; font-size: .85rem }
            polyline { fill: none; stroke: var(--chart); stroke-width: 1.5; vector-effect: non-scaling-stroke }
            rect.open { fill: var(--fail); opacity: .28 } rect.settling { fill: var(--other); opacity: .2 }
            rect.PASS { fill: var(--pass) } rect.FAIL { fill: var(--fail) } rect.UNKNOWN, rect.SYNC_IN_PROGRESS { fill: var(--other) }
            """;

    private final Report report;
    private final Course course;
    private final StringBuilder page = new StringBuilder();

    private HtmlReport(Report report, Course course) {
        this.report = report;
        this.course = course;
    }

    static String of(Report report, Course course) {
        var html = new HtmlReport(report, course);
        html.write();
        return html.page.toString();
    }

    private void write() {
        add(
                "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">");
        add("<title>%s – source and sink</title>\n<style>\n%s</style></head><body><main>", report.status(), STYLE);
        add("<h1>Source and sink: <span class=\"v %1$s\">%1$s</span></h1>", report.status());
        if (report.reason() != null) {
            add("<p>%s</p>", escaped(report.reason()));
        }
        add("<p class=\"dim\">%s, took %d ms%s</p>", report.timestamp(), report.durationMillis(), fence());
        page.append(Charts.of(course));
        tables();
        differences();
        checks();
        pipeline();
        add("</main></body></html>");
    }

    private String fence() {
        return report.fence() == null
                ? ""
                : "; proven as of source position %s, which the sink had reached after %d ms"
                        .formatted(report.fence().lsn(), report.fence().reachedAfterMillis());
    }

    private void tables() {
        if (report.tables().isEmpty()) {
            return;
        }
        add(
                "<h2>Tables</h2><div class=\"card\"><table><tr><th>table</th><th>verdict</th><th class=\"n\">source</th><th class=\"n\">sink</th><th class=\"n\">missing</th><th class=\"n\">orphans</th><th class=\"n\">mismatches</th><th>classes</th></tr>");
        report.tables()
                .forEach((name, table) -> add(
                        "<tr><td>%s</td><td class=\"v %s\">%s</td><td class=\"n\">%s</td><td class=\"n\">%s</td><td class=\"n\">%s</td><td class=\"n\">%s</td><td class=\"n\">%s</td><td>%s</td></tr>",
                        escaped(name),
                        table.status(),
                        table.status(),
                        number(table.counts().source()),
                        number(table.counts().sink()),
                        number(table.missing()),
                        number(table.orphans()),
                        number(table.mismatches()),
                        (table.atLeast() ? "at least " : "")
                                + table.classes().entrySet().stream()
                                        .map(found -> found.getValue() + " " + found.getKey())
                                        .collect(Collectors.joining(", "))));
        add("</table></div>");
    }

    private void differences() {
        if (report.tables().values().stream()
                .allMatch(table -> table.differences().isEmpty())) {
            return;
        }
        add(
                "<h2>Rows that differ, for instance</h2><div class=\"card\"><table><tr><th>class</th><th>table</th><th>key</th><th>source</th><th>sink</th></tr>");
        report.tables()
                .forEach((name, table) -> table.differences()
                        .forEach(difference -> add(
                                "<tr><td>%s</td><td>%s</td><td class=\"w\">%s</td><td class=\"w\">%s</td><td class=\"w\">%s</td></tr>",
                                escaped(difference.kind()),
                                escaped(name),
                                escaped(difference.key()),
                                difference.source() == null ? "–" : escaped(difference.source()),
                                difference.sink() == null ? "–" : escaped(difference.sink()))));
        add("</table></div>");
    }

    private void checks() {
        add("<h2>Checks</h2><div class=\"card\"><table>");
        report.checks()
                .forEach(check -> add(
                        "<tr><td>%s</td><td class=\"v %s\">%s</td><td class=\"w\">%s</td></tr>",
                        escaped(check.name()), check.status(), check.status(), escaped(check.detail())));
        add("</table></div>");
    }

    private void pipeline() {
        var state = report.pipeline();
        add("<h2>Pipeline</h2><div class=\"card\"><table>");
        state.findings()
                .forEach(finding -> add(
                        "<tr><td>%s</td><td class=\"v\">attention</td><td>%s</td></tr>",
                        escaped(finding.subject()), escaped(finding.detail())));
        row(
                "slot",
                state.slot() == null
                        ? "unknown"
                        : "%s, %s bytes of log retained, confirmed up to %s"
                                .formatted(
                                        state.slot().active() ? "active" : "not active",
                                        number(state.slot().retainedWalBytes()),
                                        state.slot().confirmedFlushLsn()));
        row(
                "connector",
                state.connector() == null
                        ? "unknown"
                        : state.connector().state() + ", tasks "
                                + state.connector().tasks());
        row(
                "sink",
                "lag %s events, %s duplicates absorbed, %s records parked"
                        .formatted(
                                number(report.summary().lag()),
                                number(report.summary().duplicatesAbsorbed()),
                                number(report.summary().parked())));
        row(
                "last event",
                state.lastEvent() == null ? "unknown" : state.lastEvent().toString());
        if (state.partitions() != null) {
            state.partitions().stream()
                    .filter(partition -> partition.events() > 0)
                    .forEach(partition -> row(
                            partition.topic() + "-" + partition.partition(), partition.events() + " events behind"));
        }
        add("</table></div>");
    }

    private void row(String name, String text) {
        add("<tr><td>%s</td><td></td><td>%s</td></tr>", escaped(name), escaped(text));
    }

    private static String number(Long value) {
        return value == null ? "–" : value.toString();
    }

    private void add(String form, Object... values) {
        page.append(values.length == 0 ? form : String.format(Locale.ROOT, form, values))
                .append('\n');
    }
}
