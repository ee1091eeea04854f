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
    private Report.Slot slot = new Report.Slot(true, 4_000_000L, "0/1", 4_100_000L, "reserved");
    private Report.Connector connector = new Report.Connector("RUNNING", List.of("RUNNING"));
    private Long lag = 3L;
    private Double rows;
    private Report report;

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
        slot = walStatus == null ? null : new Report.Slot(active, 4_000_000L, "0/1", 4_100_000L, walStatus);
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

    /** Rows per second at the sink. */
    PlayedLook rows(double perSecond) {
        rows = perSecond;
        return this;
    }

    /** A verification that ends now. */
    PlayedLook verified(Verdict status, String reason) {
        report = new Report(
                status,
                reason,
                now,
                TOOK_MILLIS,
                null,
                Map.of(),
                List.of(),
                new Report.Summary(100L, 100L, 0L, status == Verdict.FAIL ? 2L : 0L, 0L, lag, 0L, 0L),
                Report.Pipeline.NOTHING_KNOWN,
                List.of(),
                List.of());
        return this;
    }

    Observation observation() {
        var answers = source == Answer.YES;
        return new Observation(
                now,
                source,
                answers ? Optional.ofNullable(slot) : Optional.empty(),
                Answer.YES,
                Optional.ofNullable(connector),
                kafka,
                Optional.ofNullable(lag).map(events -> new Lag(now, events, List.of())),
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
        return Parts.of(observation(), sample, report);
    }

    Part part(String name) {
        return parts().stream()
                .filter(part -> part.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    Situation in(Situations situations) {
        return situations.next(
                observation(),
                parts(),
                report,
                Optional.of(report)
                        .filter(last -> last.status() == Verdict.PASS)
                        .map(Report::timestamp)
                        .or(() -> Optional.of(START)));
    }
}
