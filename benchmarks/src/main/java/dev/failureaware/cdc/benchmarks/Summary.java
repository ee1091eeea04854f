package dev.failureaware.cdc.benchmarks;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The report as a table. */
final class Summary {
    static final List<String> COLUMNS = List.of("ours", "jdbc_default", "jdbc_tuned", "jdbc_unnest", "bound");

    private Summary() {}

    static void printSettings(Map<String, Object> report, Progress progress) {
        progress.line("Machine   " + text(report.get("machine")));
        progress.line("Versions  " + text(report.get("versions")));
        map(report.get("settings")).forEach((who, what) -> progress.line("  %-13s %s".formatted(who, text(what))));
    }

    static void print(Map<String, Object> report, Progress progress) {
        if (report.containsKey("workloads")) {
            workloads(report, progress);
        }
        for (var part : List.of("memory", "latency", "preloaded")) {
            if (report.containsKey(part)) {
                progress.line("\n%-10s %s".formatted(part, text(report.get(part))));
            }
        }
        if (report.containsKey("scaling")) {
            progress.line("");
            ((List<?>) report.get("scaling"))
                    .forEach(each -> progress.line("%-10s %s".formatted("scaling", text(each))));
        }
    }

    private static void workloads(Map<String, Object> report, Progress progress) {
        progress.line("\nEvents per second, median of %s rounds; in brackets: ours is so many times as fast\n"
                .formatted(map(report.get("parameters")).get("rounds")));
        progress.line("  %-24s".formatted("")
                + COLUMNS.stream().map("%19s"::formatted).collect(Collectors.joining()));
        for (var each : (List<?>) report.get("workloads")) {
            var workload = map(each);
            var ratios = map(workload.get("ratios"));
            progress.line("  %-24s".formatted(workload.get("name"))
                    + COLUMNS.stream()
                            .map(column -> cell(workload.get(column), ratios.get("ours_to_" + column)))
                            .collect(Collectors.joining()));
        }
        for (var each : (List<?>) report.get("workloads")) {
            map(map(each).get("absent"))
                    .forEach((who, why) -> progress.line(
                            "  %s, %s: absent, %s".formatted(map(each).get("name"), who, why)));
        }
    }

    private static String cell(Object rate, Object ratio) {
        if (rate == null) {
            return "%19s".formatted("-");
        }
        var text = "%,d".formatted((Long) rate);
        return "%19s".formatted(ratio == null ? text : text + " (%.2f)".formatted((Double) ratio));
    }

    private static String text(Object value) {
        return value instanceof Map<?, ?> map
                ? map.entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + text(entry.getValue()))
                        .collect(Collectors.joining("  "))
                : String.valueOf(value);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }
}
