package dev.failureaware.cdc.chaos;

import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import dev.failureaware.cdc.model.TableId;
import dev.failureaware.cdc.model.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** One answer of the verifier, kept as it came. */
record VerificationReport(@JsonValue JsonNode json) {
    private static final int MAX_NAMED = 5;

    /** An answer that cannot be read is no pass. */
    Verdict status() {
        return verdict(json.path("status").asText());
    }

    /**
     * The status, but never better than UNKNOWN when something that the scenario asks for was not looked at, and never better
     * than what is said about each of those.
     */
    Verdict statusOf(Scenario.Verification wanted) {
        var verdict = status();
        for (var table : wanted.tables()) {
            verdict = verdict.and(verdict(
                    json.path("tables").path(label(table)).path("status").asText()));
        }
        for (var check : wanted.checks()) {
            verdict = verdict.and(check(check.name()));
        }
        return verdict;
    }

    /** What stands between this report and a pass, in words. */
    String explanation(Scenario.Verification wanted) {
        var rows = differences().stream().limit(MAX_NAMED).toList();
        return rows.isEmpty() ? reason(wanted) : reason(wanted) + "; " + String.join(", ", rows);
    }

    private String reason(Scenario.Verification wanted) {
        if (json.hasNonNull("reason")) {
            return json.path("reason").asText();
        }
        for (var table : wanted.tables()) {
            if (json.path("tables").path(label(table)).isMissingNode()) {
                return "table " + table + " was not verified";
            }
        }
        for (var check : wanted.checks()) {
            if (check(check.name()) != Verdict.PASS) {
                return "check %s: %s".formatted(check.name(), detail(check.name()));
            }
        }
        return "%s missing, %s orphans, %s mismatches"
                .formatted(summary("totalMissing"), summary("totalOrphans"), summary("totalMismatches"));
    }

    /** Rows that differ, as far as the verifier names them: kind, table and key. */
    List<String> differences() {
        var rows = new ArrayList<String>();
        json.path("tables")
                .fields()
                .forEachRemaining(table -> table.getValue()
                        .path("differences")
                        .forEach(row -> rows.add("%s %s %s"
                                .formatted(
                                        row.path("class").asText(),
                                        table.getKey(),
                                        row.path("key").asText()))));
        return rows;
    }

    /** Rows that differ in any way; empty when nobody could compare. */
    OptionalLong rowsLost() {
        if (status() == Verdict.UNKNOWN) {
            return OptionalLong.empty();
        }
        var rows = 0L;
        for (var kind : List.of("totalMissing", "totalOrphans", "totalMismatches")) {
            var count = json.path("summary").path(kind);
            if (!count.isNumber()) {
                return OptionalLong.empty();
            }
            rows += count.asLong();
        }
        return OptionalLong.of(rows);
    }

    /** Since the sink began to count. */
    OptionalLong duplicatesAbsorbed() {
        var value = json.path("summary").path("duplicatesAbsorbed");
        return value.isNumber() ? OptionalLong.of(value.asLong()) : OptionalLong.empty();
    }

    /** Measured at the sink, when the verifier says it. */
    Optional<String> sinkVersion() {
        return Optional.ofNullable(json.path("pipeline").path("sinkVersion").asText(null));
    }

    private Verdict check(String name) {
        for (var check : json.path("checks")) {
            if (check.path("name").asText().equals(name)) {
                return verdict(check.path("status").asText());
            }
        }
        return Verdict.UNKNOWN;
    }

    private String detail(String name) {
        for (var check : json.path("checks")) {
            if (check.path("name").asText().equals(name)) {
                return "%s %s"
                        .formatted(
                                check.path("status").asText(),
                                check.path("detail").asText());
            }
        }
        return "was not made";
    }

    private String summary(String name) {
        return json.path("summary").path(name).asText("?");
    }

    private static String label(String table) {
        return TableId.parse(table).label();
    }

    private static Verdict verdict(String status) {
        for (var verdict : Verdict.values()) {
            if (verdict.name().equals(status)) {
                return verdict;
            }
        }
        return Verdict.UNKNOWN;
    }
}
