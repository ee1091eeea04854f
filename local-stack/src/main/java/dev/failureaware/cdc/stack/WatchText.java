package dev.failureaware.cdc.stack;

import com.fasterxml.jackson.databind.JsonNode;
import dev.failureaware.cdc.injector.client.Table;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Locale;

/** What the verifier's {@code /situation} says, for a terminal: the dashboard's words, in the dashboard's order. */
final class WatchText {
    static final String NO_ANSWER = "The verifier does not answer.";
    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneId.systemDefault());
    private static final int LONGEST_WORDS = 110;

    private WatchText() {}

    static String sentence(JsonNode live) {
        return Terminal.plain(live.at("/situation/sentence").asText(NO_ANSWER));
    }

    /** @param happenings how many of the newest are shown */
    static String of(JsonNode live, int happenings) {
        if (!live.has("situation")) {
            return NO_ANSWER + "\n";
        }
        var text = new StringBuilder();
        var situation = live.path("situation");
        text.append(sentence(live)).append("\n\n");
        var broken = new ArrayList<String>();
        situation.path("broken").forEach(name -> broken.add(name.asText()));
        text.append("broken now: %s | data at risk? %s | last proven equal: %s%s%n%n"
                .formatted(
                        broken.isEmpty() ? "nothing" : String.join(", ", broken),
                        situation.path("risk").asText(),
                        situation.hasNonNull("provenAt") ? clock(situation.path("provenAt")) : "not yet",
                        situation.hasNonNull("wellAgainAt")
                                ? " | last trouble over: %s, after %s"
                                        .formatted(
                                                clock(situation.path("wellAgainAt")),
                                                situation.path("troubleFor").asText())
                                : ""));
        situation
                .path("attention")
                .forEach(finding -> text.append("! ").append(finding.asText()).append("\n"));
        text.append(parts(live)).append(sample(live)).append('\n');
        text.append(tables(live.path("report"))).append('\n');
        text.append(scenario(live.path("scenario"))).append('\n');
        var log = live.path("log");
        for (var at = Math.max(0, log.size() - happenings); at < log.size(); at++) {
            text.append(line(log.get(at))).append('\n');
        }
        return Terminal.plain(text.toString());
    }

    private static String parts(JsonNode live) {
        var parts = new Table("part", "state", "", "", "to the next");
        for (var part : live.path("parts")) {
            parts.row(
                    part.path("name").asText(),
                    part.path("state").asText(),
                    part.path("word").asText(),
                    Terminal.cut(part.path("detail").asText(), LONGEST_WORDS / 2),
                    part.path("waits").asText());
        }
        return parts.text();
    }

    private static String sample(JsonNode live) {
        var sample = live.path("samples").path(0);
        return "lag %s events | retained WAL %s kB | %s commits/s | %s rows/s applied | %s rows differ%n"
                .formatted(
                        number(sample, "lag", 1),
                        number(sample, "retainedWalBytes", 1000),
                        number(sample, "sourceCommitsPerSecond", 1),
                        number(sample, "sinkRowsPerSecond", 1),
                        number(sample, "differences", 1));
    }

    private static String tables(JsonNode report) {
        var tables = new Table("table", "verdict", "source", "sink", "missing", "orphans", "mismatches");
        report.path("tables").fields().forEachRemaining(entry -> {
            var table = entry.getValue();
            tables.row(
                    entry.getKey(),
                    table.path("status").asText(),
                    table.at("/counts/source").asText(),
                    table.at("/counts/sink").asText(),
                    table.path("missing").asText(),
                    table.path("orphans").asText(),
                    table.path("mismatches").asText());
        });
        return tables.size() == 0 ? "" : tables.text();
    }

    private static String scenario(JsonNode scenario) {
        if (!scenario.has("words")) {
            return "The chaos-injector does not answer.\n";
        }
        var text = new StringBuilder(scenario.path("words").asText()).append('\n');
        for (var failure : scenario.path("failures")) {
            text.append("  %-20s %-12s %s%n"
                    .formatted(
                            failure.path("id").asText(),
                            failure.hasNonNull("verdict")
                                    ? failure.path("verdict").asText()
                                    : failure.path("stage").asText(),
                            Terminal.cut(failure.path("words").asText(), LONGEST_WORDS)));
        }
        return text.toString();
    }

    static String line(JsonNode happening) {
        return Terminal.plain("%s  %-20s %s"
                .formatted(
                        clock(happening.path("at")),
                        happening.path("subject").asText(),
                        Terminal.cut(happening.path("text").asText(), 2 * LONGEST_WORDS))
                .stripTrailing());
    }

    private static String clock(JsonNode time) {
        return CLOCK.format(Instant.parse(time.asText()));
    }

    private static String number(JsonNode sample, String name, int unit) {
        return sample.hasNonNull(name)
                ? String.format(Locale.ROOT, "%,.0f", sample.path(name).asDouble() / unit)
                : "?";
    }
}
