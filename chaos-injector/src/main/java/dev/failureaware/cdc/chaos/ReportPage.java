package dev.failureaware.cdc.chaos;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A report in the words and measures of its page, so that the template only places them. */
public record ReportPage(
        String title,
        String description,
        String verdict,
        String summary,
        String startedAt,
        String duration,
        List<Row> failures,
        List<Tick> ticks,
        String finalVerdict,
        String finalDetail,
        List<Table> tables,
        List<Check> checks,
        List<String> differences,
        Map<String, String> versions,
        Map<String, String> settings,
        Map<String, String> connector) {

    private static final String NONE = "–";
    private static final int TICKS = 6;

    /** @param broken where the bar of the open fault begins and how wide it is, in percent of the run */
    public record Row(
            String id,
            String type,
            String verdict,
            String description,
            String expected,
            String detail,
            String due,
            String injected,
            String shift,
            String consistency,
            String lag,
            String duplicates,
            String lost,
            Bar broken,
            Bar settling,
            Map<String, String> evidence) {}

    public record Bar(String left, String width) {}

    public record Tick(String left, String label) {}

    public record Table(
            String name,
            String status,
            String source,
            String sink,
            String missing,
            String orphans,
            String mismatches) {}

    public record Check(String name, String status, String detail) {}

    static ReportPage of(Report report, ObjectMapper json) {
        var scale = new Scale(report.startedAt(), report.finishedAt());
        var verification = report.finalVerification() == null
                ? MissingNode.getInstance()
                : report.finalVerification().json();
        Map<String, String> settings = new LinkedHashMap<>();
        Map<String, String> connector = new LinkedHashMap<>();
        report.settings().forEach((name, value) -> {
            if (value instanceof Map<?, ?> map) {
                map.forEach((key, entry) -> connector.put(key.toString(), text(entry, json)));
            } else {
                settings.put(words(name), text(value, json));
            }
        });
        return new ReportPage(
                report.scenario().name(),
                report.scenario().description(),
                report.verdict().name(),
                summary(report),
                report.startedAt().toString(),
                seconds(Duration.between(report.startedAt(), report.finishedAt())),
                report.failures().stream()
                        .map(outcome -> row(outcome, scale, json))
                        .toList(),
                scale.ticks(),
                report.finalVerdict().name(),
                report.detail(),
                tables(verification),
                checks(verification),
                new VerificationReport(verification).differences(),
                report.versions(),
                settings,
                connector);
    }

    private static String summary(Report report) {
        var passed = report.failures().stream()
                .filter(outcome -> outcome.verdict() == OutcomeVerdict.PASS)
                .count();
        var known = report.failures().stream().allMatch(outcome -> outcome.rowsLost() != null);
        var lost = report.failures().stream()
                .filter(outcome -> outcome.rowsLost() != null)
                .mapToLong(Outcome::rowsLost)
                .sum();
        return "%d of %d failures passed, %s rows lost"
                .formatted(passed, report.failures().size(), known ? lost : "unknown number of");
    }

    private static Row row(Outcome outcome, Scale scale, ObjectMapper json) {
        Map<String, String> evidence = new LinkedHashMap<>();
        outcome.evidence().forEach((name, value) -> evidence.put(words(name), text(value, json)));
        return new Row(
                outcome.id(),
                outcome.type().id(),
                outcome.verdict().name(),
                outcome.description(),
                outcome.expectedOutcome(),
                outcome.detail(),
                scale.since(outcome.scheduledAt()),
                scale.since(outcome.injectedAt()),
                outcome.shiftSeconds() == null || outcome.shiftSeconds() < 1
                        ? ""
                        : ", " + outcome.shiftSeconds() + " s late",
                outcome.timeToConsistencySeconds() == null ? NONE : outcome.timeToConsistencySeconds() + " s",
                number(outcome.maxLagEvents()),
                number(outcome.duplicatesAbsorbed()),
                number(outcome.rowsLost()),
                scale.bar(outcome.injectedAt(), outcome.revertedAt()),
                scale.bar(outcome.revertedAt(), outcome.recoveredAt()),
                evidence);
    }

    private static List<Table> tables(JsonNode verification) {
        var tables = new ArrayList<Table>();
        verification.path("tables").fields().forEachRemaining(field -> {
            var table = field.getValue();
            tables.add(new Table(
                    field.getKey(),
                    table.path("status").asText(NONE),
                    table.path("counts").path("source").asText(NONE),
                    table.path("counts").path("sink").asText(NONE),
                    table.path("missing").asText(NONE),
                    table.path("orphans").asText(NONE),
                    table.path("mismatches").asText(NONE)));
        });
        return tables;
    }

    private static List<Check> checks(JsonNode verification) {
        var checks = new ArrayList<Check>();
        verification
                .path("checks")
                .forEach(check -> checks.add(new Check(
                        check.path("name").asText(),
                        check.path("status").asText(),
                        check.path("detail").asText(""))));
        return checks;
    }

    private static String words(String name) {
        return name.replace('_', ' ');
    }

    private static String number(Long value) {
        return value == null ? NONE : value.toString();
    }

    private static String text(Object value, ObjectMapper json) {
        if (value == null) {
            return NONE;
        }
        if (value instanceof List<?> list) {
            return list.isEmpty()
                    ? "none"
                    : String.join(", ", list.stream().map(String::valueOf).toList());
        }
        if (value instanceof Map<?, ?>) {
            try {
                return json.writeValueAsString(value);
            } catch (JsonProcessingException e) {
                return value.toString();
            }
        }
        return value.toString();
    }

    private static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
    }

    /** Times of a run as places on a line. */
    private record Scale(Instant start, Instant end) {

        String since(Instant at) {
            return at == null ? NONE : "t=" + seconds(Duration.between(start, at));
        }

        Bar bar(Instant from, Instant to) {
            if (from == null) {
                return new Bar("0", "0");
            }
            var left = percent(from);
            return new Bar(plain(left), plain(Math.max(0.4, percent(to == null ? from : to) - left)));
        }

        List<Tick> ticks() {
            var total = Duration.between(start, end).toMillis() / 1000.0;
            var ticks = new ArrayList<Tick>();
            for (var i = 0; i <= TICKS; i++) {
                ticks.add(new Tick(
                        plain(100.0 * i / TICKS),
                        String.format(Locale.ROOT, total < 2 * TICKS ? "%.1f s" : "%.0f s", total * i / TICKS)));
            }
            return ticks;
        }

        private double percent(Instant at) {
            var total = Math.max(1, Duration.between(start, end).toMillis());
            return 100.0 * Math.max(0, Duration.between(start, at).toMillis()) / total;
        }

        private static String plain(double percent) {
            return String.format(Locale.ROOT, "%.2f", Math.min(100, percent));
        }
    }
}
