package dev.failureaware.cdc.verifier;

import dev.failureaware.cdc.verifier.Observation.Answer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The parts of the pipeline in the order of a row's way, each with what a look, the last sample and the last report say of it. */
final class Parts {
    /** From here on the sink-consumer is said to be behind: some seconds of the default load, more than what is always on its way. */
    static final long BEHIND_EVENTS = 300;

    private final Observation seen;
    private final Optional<Sample> sample;
    private final Report report;
    private final Proof proof;

    private Parts(Observation seen, Optional<Sample> sample, Report report, Proof proof) {
        this.seen = seen;
        this.sample = sample;
        this.report = report;
        this.proof = proof;
    }

    /** @param report the last one, and what it and those before it have proven */
    static List<Part> of(Observation seen, Optional<Sample> sample, Report report, Proof proof) {
        var parts = new Parts(seen, sample, report, proof);
        return List.of(
                parts.source(), parts.slot(), parts.connector(), parts.topic(), parts.sinkConsumer(), parts.sink());
    }

    private Part source() {
        var rate = sample.map(Sample::sourceCommitsPerSecond);
        var commits = rate.map(value -> Figures.rate(value) + " commits/s").orElse("");
        return switch (seen.source()) {
            case YES ->
                new Part(
                        Part.SOURCE,
                        PartState.WELL,
                        "answers",
                        "PostgreSQL",
                        commits,
                        rate.orElse(0.0) > 0 ? Part.Flow.FLOWS : Part.Flow.STANDS);
            case NO, NOT_READY, NOT_ASKED ->
                new Part(Part.SOURCE, PartState.BROKEN, "does not answer", "PostgreSQL", "", Part.Flow.CUT);
        };
    }

    private Part slot() {
        if (seen.source() != Answer.YES) {
            return new Part(
                    Part.SLOT, PartState.UNKNOWN, "is not known", "the source does not answer", "", Part.Flow.STANDS);
        }
        return switch (seen.slotAnswer()) {
            case YES -> slot(seen.slot().orElseThrow());
            case NO ->
                new Part(
                        Part.SLOT,
                        PartState.BROKEN,
                        "is missing",
                        "what is committed now is kept for nobody",
                        "",
                        Part.Flow.CUT);
            case NOT_READY ->
                new Part(
                        Part.SLOT,
                        PartState.UNKNOWN,
                        "is not known",
                        "the source does not say in time",
                        "",
                        Part.Flow.STANDS);
            case NOT_ASKED ->
                new Part(Part.SLOT, PartState.UNKNOWN, "is not asked", "the fence is a marker", "", Part.Flow.STANDS);
        };
    }

    private static Part slot(Report.Slot slot) {
        var kept = slot.retainedWalBytes() == null ? "" : "keeps " + Figures.bytes(slot.retainedWalBytes()) + " of WAL";
        if ("lost".equals(slot.walStatus())) {
            return new Part(Part.SLOT, PartState.BROKEN, "has lost its log", kept, "", Part.Flow.CUT);
        }
        if ("unreserved".equals(slot.walStatus())) {
            return new Part(Part.SLOT, PartState.BROKEN, "is about to lose its log", kept, "", Part.Flow.CUT);
        }
        var unsent = slot.unconfirmedBytes() == null ? "" : Figures.bytes(slot.unconfirmedBytes()) + " not confirmed";
        return slot.active()
                ? new Part(Part.SLOT, PartState.WELL, "is read", kept, unsent, Part.Flow.FLOWS)
                : new Part(Part.SLOT, PartState.BUSY, "nobody reads it", kept, unsent, Part.Flow.CUT);
    }

    private Part connector() {
        var silence = seen.lastEvent()
                .map(at -> "last event " + Figures.duration(Duration.between(at, seen.at())) + " ago")
                .orElse("");
        if (seen.connect() == Answer.NOT_ASKED) {
            return new Part(Part.CONNECTOR, PartState.UNKNOWN, "is not asked", "Debezium", silence, Part.Flow.STANDS);
        }
        if (seen.connector().isEmpty()) {
            return new Part(
                    Part.CONNECTOR,
                    PartState.BROKEN,
                    "is down",
                    "Kafka Connect does not answer for it",
                    "",
                    Part.Flow.CUT);
        }
        var connector = seen.connector().get();
        var detail = "Debezium: " + connector.state() + ", tasks " + connector.tasks();
        if (connector.running()) {
            return new Part(
                    Part.CONNECTOR, PartState.WELL, "runs", "Debezium, " + tasks(connector), silence, Part.Flow.FLOWS);
        }
        return switch (connector.state()) {
            case "STOPPED", "PAUSED", "FAILED" ->
                new Part(
                        Part.CONNECTOR,
                        PartState.BROKEN,
                        connector.state().equals("FAILED")
                                ? "has failed"
                                : "is " + connector.state().toLowerCase(java.util.Locale.ROOT),
                        detail,
                        "",
                        Part.Flow.CUT);
            default ->
                connector.tasks().contains("FAILED")
                        ? new Part(
                                Part.CONNECTOR, PartState.BROKEN, "has a task that failed", detail, "", Part.Flow.CUT)
                        : new Part(Part.CONNECTOR, PartState.BUSY, "is starting", detail, "", Part.Flow.STANDS);
        };
    }

    private static String tasks(Report.Connector connector) {
        return Figures.count(connector.tasks().size(), "task", "tasks");
    }

    private Part topic() {
        var waits = seen.lag().map(lag -> Figures.events(lag.events()) + " to apply");
        var removed = seen.lag().filter(lag -> lag.removed() > 0);
        if (removed.isPresent()) {
            return new Part(
                    Part.TOPIC,
                    PartState.BROKEN,
                    "has removed what was not applied",
                    Figures.count(removed.get().removed(), "offset is gone", "offsets are gone"),
                    waits.orElse(""),
                    Part.Flow.CUT);
        }
        return switch (seen.kafka()) {
            case YES ->
                new Part(
                        Part.TOPIC,
                        PartState.WELL,
                        "answers",
                        seen.lag()
                                .map(lag -> "Kafka, "
                                        + Figures.count(lag.partitions().size(), "partition", "partitions"))
                                .orElse("Kafka"),
                        waits.orElse(""),
                        seen.consumer() == Answer.NO ? Part.Flow.CUT : Part.Flow.FLOWS);
            case NO, NOT_READY ->
                new Part(Part.TOPIC, PartState.BROKEN, "does not answer", "Kafka", waits.orElse(""), Part.Flow.CUT);
            case NOT_ASKED -> new Part(Part.TOPIC, PartState.UNKNOWN, "is not asked", "Kafka", "", Part.Flow.STANDS);
        };
    }

    private Part sinkConsumer() {
        var rate = sample.map(Sample::sinkRowsPerSecond);
        var rows = rate.map(value -> Figures.rate(value) + " rows/s").orElse("");
        var moves = rate.orElse(0.0) > 0 ? Part.Flow.FLOWS : Part.Flow.STANDS;
        var behind = seen.lag().filter(lag -> lag.events() > BEHIND_EVENTS);
        var nothingComes = rate.filter(value -> value == 0).isPresent()
                && seen.lag().filter(lag -> lag.events() == 0).isPresent();
        return switch (seen.consumer()) {
            case YES -> {
                if (behind.isPresent()) {
                    yield new Part(
                            Part.SINK_CONSUMER, PartState.BUSY, "catches up", "has events to apply", rows, moves);
                }
                yield nothingComes
                        ? new Part(Part.SINK_CONSUMER, PartState.WELL, "waits", "all that came is applied", rows, moves)
                        : new Part(Part.SINK_CONSUMER, PartState.WELL, "applies", "keeps up", rows, moves);
            }
            case NOT_READY ->
                new Part(
                        Part.SINK_CONSUMER,
                        PartState.BROKEN,
                        "is not ready",
                        seen.consumerSays().orElse("it does not say why"),
                        rows,
                        Part.Flow.STANDS);
            case NO ->
                new Part(Part.SINK_CONSUMER, PartState.BROKEN, "is down", "nothing answers", rows, Part.Flow.CUT);
            case NOT_ASKED ->
                new Part(Part.SINK_CONSUMER, PartState.UNKNOWN, "is not asked", "no address is set", rows, moves);
        };
    }

    private Part sink() {
        if (seen.sink() != Answer.YES) {
            return new Part(Part.SINK, PartState.BROKEN, "does not answer", "PostgreSQL", "", Part.Flow.STANDS);
        }
        var rows = report.summary().totalSinkRows();
        var size = rows == null ? "PostgreSQL" : Figures.count(rows, "row", "rows");
        return proof.sinkIsWrong()
                ? new Part(
                        Part.SINK,
                        PartState.BROKEN,
                        "is wrong",
                        Optional.ofNullable(proof.differences())
                                .map(differences -> Figures.count(differences, "row differs", "rows differ"))
                                .orElse(size),
                        "",
                        Part.Flow.STANDS)
                : new Part(Part.SINK, PartState.WELL, "answers", size, "", Part.Flow.STANDS);
    }
}
