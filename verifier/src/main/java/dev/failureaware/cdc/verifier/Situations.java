package dev.failureaware.cdc.verifier;

import dev.failureaware.cdc.model.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Tells each look in one sentence, from facts alone: it is not told which fault was injected. Remembers since when a part is
 * broken and when a trouble began, so looks are given in order. A trouble is over when a fenced verification that began after
 * its end has passed, not before; one that could not tell takes nothing back.
 */
final class Situations {
    /** How long "well again" is news. */
    private static final Duration NEWS = Duration.ofSeconds(40);
    /** Without a proof for so long, all may be well, but it is not known. */
    private static final Duration PROOF_IS_OLD = Duration.ofSeconds(60);

    private static final int LONGEST_REASON = 240;
    /** Servers before what needs them: when several are broken, the cause is named first. */
    private static final List<String> CAUSES_FIRST =
            List.of(Part.SOURCE, Part.TOPIC, Part.SLOT, Part.CONNECTOR, Part.SINK, Part.SINK_CONSUMER);

    private static final String AFTER_A_GAP = "yes: changes were kept by nobody, and nothing is proven since";
    private static final Set<String> SHOWN_BY_PARTS =
            Set.of(PipelineFindings.SLOT, PipelineFindings.CONNECTOR, PipelineFindings.LAG);

    private final Map<String, Instant> brokenSince = new HashMap<>();
    private Instant troubleSince;
    private Instant brokenUntil;
    private Instant wellAgainAt;
    private Duration troubleFor;
    /** Whether in this trouble something was kept by nobody: then nothing is safe until it is proven. */
    private boolean gap;

    /** @param before what earlier lives of the verifier have proven */
    Situations(Proof before) {
        troubleSince = before.wrongSince();
        brokenUntil = before.wrongAt();
    }

    /** What is said of a look before it is known since when. */
    private record Said(PartState state, String title, String sentence, String risk) {}

    /** @param report the last one, and what it and those before it have proven */
    Situation next(Observation seen, List<Part> parts, Report report, Proof proof) {
        var broken = CAUSES_FIRST.stream()
                .flatMap(name -> parts.stream().filter(part -> part.name().equals(name)))
                .filter(part -> part.is(PartState.BROKEN))
                .toList();
        var wrong = proof.sinkIsWrong();
        var away = broken.stream()
                .filter(part -> !(wrong && part.name().equals(Part.SINK) && seen.sink() == Observation.Answer.YES))
                .toList();
        remember(seen, broken, away, report, proof);
        var said = said(seen, parts, away, report, proof);
        return new Situation(
                said.state,
                said.title,
                said.sentence,
                broken.stream().map(Part::name).toList(),
                said.risk,
                proof.equalAt(),
                troubleSince == null ? wellAgainAt : null,
                troubleSince == null && troubleFor != null ? Figures.duration(troubleFor) : null,
                attention(report));
    }

    /** What the parts do not show of themselves, each with what it leads to. */
    private static List<String> attention(Report report) {
        return report.pipeline().findings().stream()
                .filter(finding -> !SHOWN_BY_PARTS.contains(finding.kind()))
                .map(finding -> finding.subject() + ": " + finding.detail())
                .toList();
    }

    /** Before there ever was a verdict, parts that do not answer are no trouble but a start. */
    private void remember(Observation seen, List<Part> broken, List<Part> away, Report report, Proof proof) {
        brokenSince.keySet().retainAll(broken.stream().map(Part::name).toList());
        broken.forEach(part -> brokenSince.putIfAbsent(part.name(), seen.at()));
        if (!broken.isEmpty() && proof.isThere()) {
            troubleSince = troubleSince == null ? seen.at() : troubleSince;
            brokenUntil = away.isEmpty() ? proof.wrongAt() : seen.at();
            gap = gap || seen.slotAnswer() == Observation.Answer.NO || isLogLost(seen) || isGoneFromKafka(seen);
        } else if (troubleSince != null
                && report.status() == Verdict.PASS
                && !report.timestamp().minusMillis(report.durationMillis()).isBefore(brokenUntil)) {
            wellAgainAt = report.timestamp();
            troubleFor = Duration.between(troubleSince, wellAgainAt);
            troubleSince = null;
            gap = false;
        }
    }

    private Said said(Observation seen, List<Part> parts, List<Part> away, Report report, Proof proof) {
        var wrong = proof.sinkIsWrong();
        if (!away.isEmpty()) {
            var said = proof.isThere() || isLogLost(seen) || isGoneFromKafka(seen)
                    ? away(seen, away)
                    : notUpYet(seen, away);
            return wrong
                    ? new Said(
                            PartState.BROKEN,
                            said.title + ", sink wrong",
                            said.sentence + " And the sink " + wrong(seen, report, proof),
                            "yes: the sink is proven to be wrong")
                    : said;
        }
        if (wrong) {
            return new Said(
                    PartState.BROKEN,
                    "Sink wrong",
                    "The sink " + wrong(seen, report, proof),
                    "yes: the sink is proven to be wrong");
        }
        if (troubleSince != null) {
            return mending(seen, parts);
        }
        if (!proof.isThere()) {
            return new Said(
                    PartState.UNKNOWN,
                    "Not known yet",
                    "Not known yet: "
                            + Optional.ofNullable(report.reason())
                                    .map(Situations::cut)
                                    .orElse("nothing is verified yet")
                            + ".",
                    "not known: nothing is verified yet");
        }
        return inOrder(seen, parts, report, proof);
    }

    private static String wrong(Observation seen, Report report, Proof proof) {
        var why = proof.reason() == null ? "it is not known why." : cut(proof.reason()) + ".";
        return report.status() == Verdict.FAIL
                ? "is wrong: " + why
                : "was proven to be wrong %s ago, and nothing is proven since: %s"
                        .formatted(Figures.duration(Duration.between(proof.wrongAt(), seen.at())), why);
    }

    private static boolean isLogLost(Observation seen) {
        return hasWalStatus(seen, "lost");
    }

    private static boolean hasWalStatus(Observation seen, String status) {
        return seen.slot().map(Report.Slot::walStatus).filter(status::equals).isPresent();
    }

    private static boolean isGoneFromKafka(Observation seen) {
        return seen.lag().filter(lag -> lag.removed() > 0).isPresent();
    }

    private Said notUpYet(Observation seen, List<Part> away) {
        return new Said(
                PartState.BUSY,
                "Not up yet",
                "Not up yet: " + listed(seen, away).replaceFirst("^The", "the") + " Nothing is verified yet.",
                "not known: nothing is verified yet");
    }

    private Said away(Observation seen, List<Part> away) {
        var first = away.get(0);
        var safety = safety(seen, first);
        return new Said(
                PartState.BROKEN,
                subject(first) + " " + first.word(),
                listed(seen, away) + " " + safety.sentence,
                safety.risk);
    }

    /** The cause with the time that it is known for, then the others. */
    private String listed(Observation seen, List<Part> away) {
        var first = away.get(0);
        var sentence = "%s %s for %s."
                .formatted(
                        subject(first),
                        first.word(),
                        Figures.duration(Duration.between(brokenSince.get(first.name()), seen.at())));
        if (away.size() > 1) {
            sentence += " Also: "
                    + away.stream()
                            .skip(1)
                            .map(part -> subject(part).replaceFirst("^The", "the") + " " + part.word())
                            .collect(Collectors.joining(", "))
                    + ".";
        }
        return sentence;
    }

    private record Safety(String sentence, String risk) {}

    /** Whether what is not at the sink yet is kept somewhere, and where. */
    private Safety safety(Observation seen, Part first) {
        if (isLogLost(seen)) {
            return new Safety(
                    "Data is at risk: the source has removed log that was not sent yet. Only a new snapshot brings it back.",
                    "yes: the source has removed log that was not sent");
        }
        if (hasWalStatus(seen, "unreserved")) {
            return new Safety(
                    "Data is at risk: the source may remove log that is not sent yet at any moment.",
                    "yes: the source may remove log that is not sent");
        }
        if (isGoneFromKafka(seen)) {
            return new Safety(
                    "Data is at risk: events were removed from Kafka before the sink had applied them. Only a new snapshot brings"
                            + " their rows back.",
                    "yes: Kafka has removed events that were not applied");
        }
        if (gap && seen.slotAnswer() == Observation.Answer.YES) {
            return new Safety(
                    "What was committed while nobody kept it comes with a new snapshot only; then it is verified.",
                    AFTER_A_GAP);
        }
        return switch (first.name()) {
            case Part.SOURCE ->
                new Safety(
                        "Nothing can be committed meanwhile; whether all of it arrived is verified when it is back.",
                        "not known while the source is away");
            case Part.SLOT ->
                new Safety(
                        "Data is at risk: what is committed now is kept for nobody until a new snapshot is taken.",
                        "yes: there is no slot that keeps the log");
            case Part.CONNECTOR, Part.TOPIC ->
                seen.slot()
                        .map(Report.Slot::unconfirmedBytes)
                        .map(bytes -> new Safety(
                                "Nothing is lost: the source keeps what it has not sent (%s of WAL)."
                                        .formatted(Figures.bytes(bytes)),
                                "no: the source keeps what is not sent"))
                        .orElse(new Safety(
                                "Whether the source keeps what is not sent is not known.",
                                "not known: the slot cannot be seen"));
            default ->
                new Safety(
                        seen.lag()
                                .map(lag -> lag.events() == 0
                                        ? "Nothing is lost: no event waits in Kafka."
                                        : "Nothing is lost: %s in Kafka."
                                                .formatted(Figures.count(lag.events(), "event waits", "events wait")))
                                .orElse("Nothing is lost: the events wait in Kafka."),
                        "no: the events wait in Kafka");
        };
    }

    /** Nothing is broken any more, and it is not proven yet that nothing is missing. */
    private Said mending(Observation seen, List<Part> parts) {
        var starting = Stream.of(Part.CONNECTOR, Part.SLOT)
                .flatMap(name -> parts.stream().filter(part -> part.name().equals(name)))
                .filter(part -> part.is(PartState.BUSY))
                .findFirst();
        if (gap) {
            return new Said(
                    PartState.BUSY,
                    "After a gap",
                    "All parts answer again; whether a new snapshot brought back what nobody kept is being verified."
                            + " It began %s ago."
                                    .formatted(Figures.duration(Duration.between(troubleSince, seen.at()))),
                    AFTER_A_GAP);
        }
        var events = seen.lag().map(Lag::events).orElse(0L);
        var begun = "It began %s ago.".formatted(Figures.duration(Duration.between(troubleSince, seen.at())));
        if (starting.isPresent()) {
            var part = starting.get();
            var what = part.name().equals(Part.SLOT) ? "Nobody reads the slot yet" : subject(part) + " " + part.word();
            return new Said(
                    PartState.BUSY,
                    what,
                    what + "; all else answers. Nothing is lost: the source keeps what it has not sent"
                            + seen.slot()
                                    .map(Report.Slot::unconfirmedBytes)
                                    .map(bytes -> " (" + Figures.bytes(bytes) + " of WAL)")
                                    .orElse("")
                            + ". " + begun,
                    "no: the source keeps what is not sent");
        }
        return events > 0
                ? new Said(
                        PartState.BUSY,
                        "Catching up",
                        "All parts run again; the sink catches up: %s left. %s"
                                .formatted(Figures.events(events), begun),
                        "no: the events wait in Kafka")
                : new Said(
                        PartState.BUSY,
                        "Being verified",
                        "All parts run again; whether all rows agree is being verified. " + begun,
                        "being verified");
    }

    private Said inOrder(Observation seen, List<Part> parts, Report report, Proof proof) {
        if (wellAgainAt != null && Duration.between(wellAgainAt, seen.at()).compareTo(NEWS) < 0) {
            return new Said(
                    PartState.WELL,
                    "Well again",
                    "Well again after %s: all rows agree.".formatted(Figures.duration(troubleFor)),
                    risk(report));
        }
        var events = seen.lag().map(Lag::events).orElse(0L);
        if (events > Parts.BEHIND_EVENTS) {
            return new Said(
                    PartState.BUSY,
                    "The sink is behind",
                    "All parts run; the sink is behind: %s in Kafka."
                            .formatted(Figures.count(events, "event waits", "events wait")),
                    "no: the events wait in Kafka");
        }
        var age = Duration.between(proof.equalAt(), seen.at());
        if (age.compareTo(PROOF_IS_OLD) > 0) {
            return new Said(
                    PartState.BUSY,
                    "No proof for a while",
                    "All parts answer, but both sides were last proven equal %s ago: %s."
                            .formatted(
                                    Figures.duration(age),
                                    Optional.ofNullable(report.reason())
                                            .map(Situations::cut)
                                            .orElse("no verification ran since")),
                    "not known: no proof for " + Figures.duration(age));
        }
        if (!proof.inThisLife()) {
            return new Said(
                    PartState.BUSY,
                    "Being verified",
                    "All parts answer; the verifier has just been started and verifies whether all rows agree. They did %s ago."
                            .formatted(Figures.duration(age)),
                    "being verified");
        }
        var starting = parts.stream().filter(part -> part.is(PartState.BUSY)).findFirst();
        if (starting.isPresent()) {
            var part = starting.get();
            return new Said(
                    PartState.BUSY,
                    "%s: %s".formatted(part.name(), part.word()),
                    "%s: %s. Source and sink were proven equal %s ago."
                            .formatted(subject(part), part.word(), Figures.duration(age)),
                    "no: the source keeps what is not sent");
        }
        return new Said(
                PartState.WELL,
                "All is well",
                "All is well: source and sink agree%s, proven %s ago."
                        .formatted(
                                proof.rows() == null ? "" : " in all " + Figures.count(proof.rows(), "row", "rows"),
                                Figures.duration(age)),
                risk(report));
    }

    /** While nothing is broken: a setting may still lose what comes. */
    private static String risk(Report report) {
        return report.pipeline().findings().stream()
                .filter(finding -> finding.kind().equals(PipelineFindings.SETTINGS))
                .findFirst()
                .map(hazard -> "not now, but by a setting: " + hazard.detail())
                .orElse("no");
    }

    private static String subject(Part part) {
        return part.name().equals(Part.TOPIC) ? "Kafka" : "The " + part.name();
    }

    private static String cut(String reason) {
        return reason.length() > LONGEST_REASON ? reason.substring(0, LONGEST_REASON) + " …" : reason;
    }
}
