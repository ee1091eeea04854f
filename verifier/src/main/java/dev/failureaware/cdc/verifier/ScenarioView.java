package dev.failureaware.cdc.verifier;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;

/**
 * What the chaos-injector does, in words: what was, what is, what comes next.
 *
 * @param verdict of the run; null before its end
 */
@RegisterForReflection
record ScenarioView(boolean running, String run, String verdict, String words, List<Failure> failures) {
    /**
     * @param stage {@code done}, {@code now}, {@code next}, {@code coming}, or {@code planned} where nothing runs
     * @param verdict null before its end
     */
    @RegisterForReflection
    record Failure(
            String id,
            String type,
            String description,
            String expected,
            String stage,
            String verdict,
            String words,
            Instant injectedAt) {}

    /** @param view as the injector's {@code /scenario} answers */
    static ScenarioView of(JsonNode view, Instant now) {
        var running = view.path("state").asText().equals("running");
        var outcomes = new HashMap<String, JsonNode>();
        view.path("failures").forEach(outcome -> outcomes.put(outcome.path("id").asText(), outcome));
        var failures = new ArrayList<Failure>();
        var due = running ? time(view, "started_at") : null;
        var seconds = 0.0;
        var next = true;
        for (var failure : view.path("scenario").path("failures")) {
            var delay = failure.path("delay_seconds").asDouble();
            seconds += delay;
            due = due == null ? null : due.plusMillis(Math.round(delay * 1000));
            var id = failure.path("id").asText();
            var outcome = outcomes.get(id);
            if (outcome != null) {
                failures.add(failure(
                        failure, "done", text(outcome, "verdict"), outcomeOf(outcome), time(outcome, "injected_at")));
            } else if (id.equals(view.path("now").path("failure").asText()) && running) {
                failures.add(failure(
                        failure, "now", null, underWay(view, now, due), time(view.path("under_way"), "injected_at")));
            } else if (running) {
                var waits = !next || view.path("now").hasNonNull("failure");
                failures.add(failure(failure, next ? "next" : "coming", null, due(due, now, waits), null));
                next = false;
            } else {
                failures.add(failure(
                        failure, "planned", null, String.format(Locale.ROOT, "due at t=%.0f s", seconds), null));
            }
        }
        return new ScenarioView(
                running, text(view, "run"), text(view, "verdict"), words(view, running, failures, now), failures);
    }

    private static Failure failure(JsonNode failure, String stage, String verdict, String words, Instant injectedAt) {
        return new Failure(
                failure.path("id").asText(),
                failure.path("type").asText(),
                failure.path("description").asText(""),
                failure.path("expected_outcome").asText(""),
                stage,
                verdict,
                words,
                injectedAt);
    }

    private static String words(JsonNode view, boolean running, List<Failure> failures, Instant now) {
        var name = view.path("scenario")
                .path("name")
                .asText(view.path("scenario").path("id").asText("no scenario"));
        if (running) {
            var began = time(view, "started_at");
            var done = failures.stream()
                    .filter(failure -> failure.stage().equals("done"))
                    .count();
            return "%s: running%s, %d of %d done%s"
                    .formatted(
                            name,
                            began == null ? "" : " for " + Figures.duration(Duration.between(began, now)),
                            done,
                            failures.size(),
                            done == failures.size() ? "; the last verification of all rows is being made" : "");
        }
        return switch (view.path("state").asText()) {
            case "finished" -> name + ": " + text(view, "verdict");
            case "aborted" -> name + ": aborted, " + text(view, "verdict");
            case "healing" -> "The injector undoes what an earlier life left broken";
            case "standby" -> "This injector waits for its turn; another one leads";
            default -> name + ": not run yet";
        };
    }

    private static String underWay(JsonNode view, Instant now, Instant due) {
        var injected = time(view.path("under_way"), "injected_at");
        var reverted = time(view.path("under_way"), "reverted_at");
        if (reverted != null) {
            return "injected and lifted %s ago; the injector's own verification has not passed yet"
                    .formatted(Figures.duration(Duration.between(reverted, now)));
        }
        if (injected != null) {
            return "injected %s ago".formatted(Figures.duration(Duration.between(injected, now)));
        }
        return "due %s; first both sides are proven equal".formatted(in(due, now));
    }

    private static String outcomeOf(JsonNode outcome) {
        var words = new ArrayList<String>();
        if (outcome.hasNonNull("time_to_consistency_seconds")) {
            words.add(String.format(
                    Locale.ROOT,
                    "all rows agreed %.1f s after it was lifted",
                    outcome.path("time_to_consistency_seconds").asDouble()));
        }
        count(outcome, "max_lag_events", "event of lag at most", "events of lag at most", words);
        count(outcome, "duplicates_absorbed", "duplicate absorbed", "duplicates absorbed", words);
        count(outcome, "rows_lost", "row wrong", "rows wrong", words);
        if (!outcome.path("detail").asText("").isEmpty()) {
            words.add(outcome.path("detail").asText());
        }
        return String.join("; ", words);
    }

    private static void count(JsonNode outcome, String name, String one, String many, List<String> words) {
        if (outcome.hasNonNull(name)) {
            words.add(Figures.count(outcome.path(name).asLong(), one, many));
        }
    }

    /** @param waits for others that come before it */
    private static String due(Instant due, Instant now, boolean waits) {
        return waits && due != null && !due.isAfter(now)
                ? "due as soon as the one before it is over"
                : "due " + in(due, now);
    }

    private static String in(Instant due, Instant now) {
        return due == null ? "soon" : due.isAfter(now) ? "in " + Figures.duration(Duration.between(now, due)) : "now";
    }

    private static String text(JsonNode node, String name) {
        return node.hasNonNull(name) ? node.path(name).asText() : null;
    }

    private static Instant time(JsonNode node, String name) {
        return node.hasNonNull(name) ? Instant.parse(node.path(name).asText()) : null;
    }
}
