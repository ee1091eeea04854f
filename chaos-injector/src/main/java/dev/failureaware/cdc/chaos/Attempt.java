package dev.failureaware.cdc.chaos;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.failureaware.cdc.chaos.Schedule.Due;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Collects what happens with one failure, and judges it. */
final class Attempt {
    private final Due due;
    private final List<String> details = new ArrayList<>();
    private OutcomeVerdict worst = OutcomeVerdict.PASS;
    private Evidence evidence = new Evidence();
    // Read by watchers while the run goes on.
    private volatile Instant injectedAt;
    private volatile Instant revertedAt;
    private Settled steady;
    private Settled settled;
    private OptionalLong highestLag = OptionalLong.empty();

    Attempt(Due due) {
        this.due = due;
    }

    Due due() {
        return due;
    }

    Scenario.Failure failure() {
        return due.failure();
    }

    void note(OutcomeVerdict verdict, String detail) {
        worst = worst.and(verdict);
        details.add(detail);
    }

    void evidence(Evidence evidence) {
        this.evidence = evidence;
    }

    /** @return whether the pipeline was consistent, so that the failure may be injected */
    boolean steady(Settled before) {
        steady = before;
        if (before.passedAt().isEmpty()) {
            note(OutcomeVerdict.INCONCLUSIVE, "not injected: no steady state before it (" + before.explanation() + ")");
            return false;
        }
        return true;
    }

    void injected(Instant at) {
        injectedAt = at;
    }

    void reverted(Instant at) {
        revertedAt = at;
    }

    void highestLag(OptionalLong events) {
        highestLag = events;
    }

    void settled(Settled after) {
        settled = after;
        if (after.verdict() != OutcomeVerdict.PASS) {
            note(after.verdict(), after.explanation());
        }
    }

    /** Empty when one of both ends is not known. */
    OptionalLong duplicatesAbsorbed() {
        if (steady == null || settled == null) {
            return OptionalLong.empty();
        }
        var before = steady.duplicatesAbsorbed();
        var after = settled.duplicatesAbsorbed();
        return before.isPresent() && after.isPresent()
                ? OptionalLong.of(after.getAsLong() - before.getAsLong())
                : OptionalLong.empty();
    }

    /** A failure that has begun and has no outcome yet. @param revertedAt null until the fault is lifted */
    @JsonNaming(SnakeCaseStrategy.class)
    record UnderWay(String id, FaultType type, Instant injectedAt, Instant revertedAt) {}

    /** Empty before it is injected; may be asked from any thread. */
    Optional<UnderWay> underWay() {
        return Optional.ofNullable(injectedAt)
                .map(at -> new UnderWay(failure().id(), failure().type(), millis(at), millis(revertedAt)));
    }

    Outcome outcome() {
        var verdict = worst;
        var detail = new ArrayList<>(details);
        for (var gap : gaps()) {
            verdict = verdict.and(gap.verdict());
            detail.add(gap.detail());
        }
        var recoveredAt = settled == null ? null : settled.passedAt().orElse(null);
        return new Outcome(
                failure().id(),
                failure().type(),
                verdict,
                failure().description(),
                failure().expectedOutcome(),
                millis(due.at()),
                millis(injectedAt),
                millis(revertedAt),
                millis(recoveredAt),
                recoveredAt == null || revertedAt == null ? null : seconds(Duration.between(revertedAt, recoveredAt)),
                boxed(highestLag),
                boxed(duplicatesAbsorbed()),
                settled == null ? null : boxed(settled.rowsLost()),
                injectedAt == null ? null : seconds(due.shift(injectedAt)),
                evidence.facts(),
                String.join("; ", detail));
    }

    private record Gap(OutcomeVerdict verdict, String detail) {}

    /** What keeps it from a pass although nothing went wrong. */
    private List<Gap> gaps() {
        if (injectedAt != null) {
            var gaps = new ArrayList<Gap>();
            evidence.missed().forEach(missed -> gaps.add(new Gap(OutcomeVerdict.INCONCLUSIVE, missed)));
            if (settled == null && worst == OutcomeVerdict.PASS) {
                gaps.add(new Gap(OutcomeVerdict.UNKNOWN, "nobody looked at the result"));
            }
            return gaps;
        }
        return worst == OutcomeVerdict.PASS ? List.of(new Gap(OutcomeVerdict.INCONCLUSIVE, "not injected")) : List.of();
    }

    private static Instant millis(Instant instant) {
        return instant == null ? null : instant.truncatedTo(ChronoUnit.MILLIS);
    }

    private static Double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    private static Long boxed(OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : null;
    }
}
