package dev.failureaware.cdc.verifier;

import dev.failureaware.cdc.model.Verdict;
import dev.failureaware.cdc.verifier.Observation.Answer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A pipeline as a look would find it: all in order at first, and then as a test breaks it. */
final class PlayedLook {
    static final Instant START = Instant.parse("2026-11-22T15:00:00Z");
    /** What stands before the first verification. */
    static final Report NOTHING_VERIFIED = unknown("no verification has finished yet", START, 0);

    private static final long TOOK_MILLIS = 1000;

    private Instant now = START;
    private Answer source = Answer.YES;
    private Answer kafka = Answer.YES;
    private Answer consumer = Answer.YES;
    private Answer sink = Answer.YES;
    private Answer slotAnswer = Answer.YES;
    private Report.Slot slot = new Report.Slot(true, 4_000_000L, "0/1", 4_100_000L, "reserved");
    private Report.Connector connector = new Report.Connector("RUNNING", List.of("RUNNING"));
    private Long lag = 3L;
    private long removed;
    private Double rows;
    private Report report;
    private Proof proof = Proof.NOTHING;

    /** Of which nothing but this is known. */
    static Report unknown(String reason, Instant at, long tookMillis) {
        return new Report(
                Verdict.UNKNOWN,
                reason,
                at,
                tookMillis,
                null,
                Map.of(),
                List.of(),
                Report.Summary.NOTHING_KNOWN,
                Report.Pipeline.NOTHING_KNOWN,
                List.of(),
                List.of());
    }

    PlayedLook() {
        verified(Verdict.PASS, null);
    }

    PlayedLook after(long seconds) {
        now = now.plusSeconds(seconds);
        return this;
    }

    PlayedLook source(Answer answer) {
        source = answer;
        return this;
    }

    PlayedLook kafka(Answer answer) {
        kafka = answer;
        return this;
    }

    PlayedLook consumer(Answer answer) {
        consumer = answer;
        return this;
    }

    PlayedLook sink(Answer answer) {
        sink = answer;
        return this;
    }

    /** @param walStatus null for no slot */
    PlayedLook slot(boolean active, String walStatus) {
        slotAnswer = walStatus == null ? Answer.NO : Answer.YES;
        slot = walStatus == null ? null : new Report.Slot(active, 4_000_000L, "0/1", 4_100_000L, walStatus);
        return this;
    }

    /** Nobody says whether there is one. */
    PlayedLook slot(Answer answer) {
        slotAnswer = answer;
        slot = null;
        return this;
    }

    /** @param state null where nobody answers for it */
    PlayedLook connector(String state, String... tasks) {
        connector = state == null ? null : new Report.Connector(state, List.of(tasks));
        return this;
    }

    PlayedLook lag(Long events) {
        lag = events;
        return this;
    }

    /** Offsets that Kafka removed before they were applied. */
    PlayedLook removed(long offsets) {
        removed = offsets;
        return this;
    }

    /** Rows per second at the sink. */
    PlayedLook rows(double perSecond) {
        rows = perSecond;
        return this;
    }

    /** A verification that ends now. */
    PlayedLook verified(Verdict status, String reason) {
        return verified(status, reason, List.of());
    }

    PlayedLook verified(Verdict status, String reason, List<Report.Finding> findings) {
        report = new Report(
                status,
                reason,
                now,
                TOOK_MILLIS,
                null,
                Map.of(),
                List.of(),
                new Report.Summary(100L, 100L, 0L, status == Verdict.FAIL ? 2L : 0L, 0L, lag, 0L, 0L),
                new Report.Pipeline(null, null, null, null, null, findings),
                List.of(),
                List.of());
        proof = proof.after(report);
        return this;
    }

    /** As the verifier finds it after a restart: it knows what it has proven, and has verified nothing. */
    PlayedLook restarted() {
        proof = Proof.of(List.of(
                new History.Entry(START, Verdict.PASS, null, report.summary()),
                new History.Entry(report.timestamp(), report.status(), report.reason(), report.summary())));
        report = NOTHING_VERIFIED;
        return this;
    }

    /** Nothing was ever verified. */
    PlayedLook neverVerified() {
        proof = Proof.NOTHING;
        report = NOTHING_VERIFIED;
        return this;
    }

    Observation observation() {
        var answers = source == Answer.YES;
        return new Observation(
                now,
                source,
                slotAnswer,
                answers ? Optional.ofNullable(slot) : Optional.empty(),
                Answer.YES,
                Optional.ofNullable(connector),
                kafka,
                Optional.ofNullable(lag).map(events -> new Lag(now, events, removed, List.of())),
                Optional.of(now),
                consumer,
                Optional.empty(),
                sink);
    }

    Report report() {
        return report;
    }

    List<Part> parts() {
        var sample =
                Optional.ofNullable(rows).map(perSecond -> new Sample(now, lag, null, null, null, perSecond, null));
        return Parts.of(observation(), sample, report, proof);
    }

    Part part(String name) {
        return parts().stream()
                .filter(part -> part.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    Situation in(Situations situations) {
        return situations.next(observation(), parts(), report, proof);
    }

    Proof proof() {
        return proof;
    }
}
