package dev.failureaware.cdc.verifier;

import com.fasterxml.jackson.databind.JsonNode;
import dev.failureaware.cdc.model.Verdict;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What happened, in words: parts that break and come back, verdicts that change, and what the injector tells. */
final class Happenings {
    static final int KEPT = 300;

    private final Deque<Happening> kept = new ArrayDeque<>();
    private final List<Happening> fresh = new ArrayList<>();
    private final Map<String, Part> parts = new HashMap<>();
    private Verdict verdict;
    private Instant wellAgainAt;

    /** @param subject a part, the verifier, or a failure of a scenario */
    @RegisterForReflection
    record Happening(Instant at, String subject, String text, PartState state) {}

    void look(Instant at, List<Part> now, Report report, Situation situation) {
        for (var part : now) {
            var before = parts.put(part.name(), part);
            if (before == null ? part.is(PartState.BROKEN) : before.state() != part.state()) {
                add(
                        at,
                        part.name(),
                        part.word() + (part.detail().isEmpty() ? "" : " (" + part.detail() + ")"),
                        part.state());
            }
        }
        if (report.status() != verdict && isNews(report.status())) {
            var reason = report.reason() == null ? "" : ": " + report.reason();
            add(report.timestamp(), "verifier", report.status() + reason, stateOf(report.status()));
        }
        verdict = report.status() == Verdict.SYNC_IN_PROGRESS ? verdict : report.status();
        if (situation.wellAgainAt() != null && !situation.wellAgainAt().equals(wellAgainAt)) {
            wellAgainAt = situation.wellAgainAt();
            add(
                    wellAgainAt,
                    "verifier",
                    "well again after " + situation.troubleFor() + ": all rows agree",
                    PartState.WELL);
        }
    }

    /** Events on their way come and go all the time. */
    private static boolean isNews(Verdict verdict) {
        return verdict != Verdict.SYNC_IN_PROGRESS;
    }

    private static PartState stateOf(Verdict verdict) {
        return switch (verdict) {
            case PASS -> PartState.WELL;
            case SYNC_IN_PROGRESS -> PartState.BUSY;
            case FAIL -> PartState.BROKEN;
            case UNKNOWN -> PartState.UNKNOWN;
        };
    }

    /** @param event as the injector's {@code /events} has it */
    void injector(JsonNode event) {
        var failure = event.path("failure").asText("");
        var text = event.path("text").asText();
        add(
                Instant.parse(event.path("at").asText()),
                event.hasNonNull("failure") ? failure : "injector",
                event.path("phase").asText() + ": " + text,
                PartState.UNKNOWN);
    }

    private void add(Instant at, String subject, String text, PartState state) {
        var happening = new Happening(at, subject, text, state);
        kept.addLast(happening);
        fresh.add(happening);
        if (kept.size() > KEPT) {
            kept.removeFirst();
        }
    }

    /** Those that were added since the last call. */
    List<Happening> takeFresh() {
        var taken = List.copyOf(fresh);
        fresh.clear();
        return taken;
    }

    /** Oldest first. */
    List<Happening> newest(int number) {
        return kept.stream().skip(Math.max(0, kept.size() - number)).toList();
    }

    /** Oldest first. */
    List<Happening> all() {
        return List.copyOf(kept);
    }
}
