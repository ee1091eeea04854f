package dev.failureaware.cdc.injector.client;

import com.fasterxml.jackson.databind.JsonNode;

/** A run's report for the terminal. */
public final class ReportText {
    private static final int ROWS_PER_TABLE = 5;

    private ReportText() {}

    public static String of(JsonNode report) {
        var table = new Table(
                "failure", "type", "verdict", "consistent after", "highest lag", "duplicates absorbed", "rows lost");
        for (var failure : report.path("failures")) {
            table.row(
                    failure.path("id").asText(),
                    failure.path("type").asText(),
                    failure.path("verdict").asText(),
                    value(failure, "time_to_consistency_seconds", " s"),
                    value(failure, "max_lag_events", ""),
                    value(failure, "duplicates_absorbed", ""),
                    value(failure, "rows_lost", ""));
        }
        var text = new StringBuilder("\n").append(table.text()).append('\n');
        for (var failure : report.path("failures")) {
            var detail = failure.path("detail").asText("");
            if (!failure.path("verdict").asText().equals("PASS") && !detail.isEmpty()) {
                text.append(failure.path("id").asText())
                        .append(": ")
                        .append(detail)
                        .append('\n');
            }
        }
        return text.append(differences(report.path("final_verification")))
                .append("verdict: ")
                .append(report.path("verdict").asText())
                .append('\n')
                .toString();
    }

    /** A few of the rows that differ, of each table; the rest is in the report. Empty when none does. */
    public static String differences(JsonNode verification) {
        var text = new StringBuilder();
        verification.path("tables").fields().forEachRemaining(table -> {
            var differences = table.getValue().path("differences");
            for (var at = 0; at < Math.min(differences.size(), ROWS_PER_TABLE); at++) {
                text.append(row(table.getKey(), differences.get(at))).append('\n');
            }
        });
        return text.isEmpty() ? "" : "rows that differ, for instance:\n" + text;
    }

    private static String row(String table, JsonNode difference) {
        var kind = difference.path("class").asText();
        // A whole row differs in all its columns: that tells nothing.
        var columns = kind.matches("missing|orphan") ? "" : " " + difference.path("columns");
        return "  " + kind + " " + table + " " + difference.path("key").asText() + columns;
    }

    private static String value(JsonNode failure, String field, String unit) {
        var value = failure.path(field);
        return value.isNull() || value.isMissingNode() ? "-" : value.asText() + unit;
    }
}
