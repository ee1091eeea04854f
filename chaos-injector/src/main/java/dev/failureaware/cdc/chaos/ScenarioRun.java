package dev.failureaware.cdc.chaos;

import dev.failureaware.cdc.chaos.platform.Audit;
import dev.failureaware.cdc.chaos.platform.CallFailedException;
import dev.failureaware.cdc.chaos.platform.Journal;
import dev.failureaware.cdc.chaos.platform.Platform;
import dev.failureaware.cdc.chaos.platform.Time;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * One run of a scenario, in one thread. For each failure: steady state, inject, hold, revert, settle, outcome.
 *
 * <p>An interrupt aborts the run: the fault that is open is lifted first, and what was not finished is inconclusive.
 */
final class ScenarioRun {
    private static final Logger LOG = Logger.getLogger(ScenarioRun.class);
    private static final Duration WORTH_SAYING = Duration.ofSeconds(1);

    private final String id;
    private final Scenario scenario;
    private final Platform platform;
    private final Faults faults;
    private final Audit audit;
    private final VerifierClient verifier;
    private final Settling settling;
    private final Journal journal;
    private final Time time;
    private final Duration steadyLead;
    private final Duration lagInterval;
    private final EventLog events;
    private final Consumer<Outcome> onOutcome;
    private final List<Outcome> outcomes = new CopyOnWriteArrayList<>();
    private volatile Attempt attempt;
    private volatile Settled finalState;
    private boolean stopped;

    ScenarioRun(
            String id,
            Scenario scenario,
            Platform platform,
            Faults faults,
            Audit audit,
            VerifierClient verifier,
            Time time,
            InjectorConfig config,
            EventLog events,
            Consumer<Outcome> onOutcome) {
        this.id = id;
        this.scenario = scenario;
        this.platform = platform;
        this.faults = faults;
        this.audit = audit;
        this.verifier = verifier;
        this.settling = new Settling(verifier, time);
        this.journal = platform.journal();
        this.time = time;
        this.steadyLead = config.steadyLead();
        this.lagInterval = config.lagInterval();
        this.events = events;
        this.onOutcome = onOutcome;
    }

    /** @return whether it ran to its end */
    boolean run() {
        events.add(
                null,
                Phase.SCENARIO,
                "%s: %d failures; every comparison is full, all rows and all columns (comparison_mode %s)"
                        .formatted(
                                scenario.name(),
                                scenario.failures().size(),
                                scenario.verification().comparisonMode()));
        for (var due : Schedule.of(scenario, time.now()).dues()) {
            var outcome = attempt(due);
            outcomes.add(outcome);
            attempt = null;
            onOutcome.accept(outcome);
            events.add(outcome.id(), Phase.OUTCOME, sentence(outcome));
        }
        verifyAtTheEnd();
        events.add(null, Phase.SCENARIO, "verdict " + verdict());
        return !stopped;
    }

    /** Those that are known by now. */
    List<Outcome> outcomes() {
        return List.copyOf(outcomes);
    }

    /** The failure that is injected and has no outcome yet. */
    Optional<Attempt.UnderWay> underWay() {
        return Optional.ofNullable(attempt).flatMap(Attempt::underWay);
    }

    Optional<VerificationReport> finalVerification() {
        return Optional.ofNullable(finalState).flatMap(Settled::report);
    }

    /** A pass only when every failure passed and the last verification did. */
    OutcomeVerdict verdict() {
        var verdict = finalVerdict();
        for (var outcome : outcomes) {
            verdict = verdict.and(outcome.verdict());
        }
        return verdict;
    }

    OutcomeVerdict finalVerdict() {
        return finalState == null ? OutcomeVerdict.INCONCLUSIVE : finalState.verdict();
    }

    /** What the last verification has to say against a pass; empty when there is nothing. */
    String finalDetail() {
        if (finalState == null) {
            return "no final verification: the run was aborted";
        }
        return finalState.verdict() == OutcomeVerdict.PASS ? "" : finalState.explanation();
    }

    private Outcome attempt(Schedule.Due due) {
        var attempt = new Attempt(due);
        this.attempt = attempt;
        if (stopped) {
            attempt.note(OutcomeVerdict.INCONCLUSIVE, "not injected: the run was aborted");
            return attempt.outcome();
        }
        try {
            if (isSteady(attempt)) {
                time.pauseUntil(due.at());
                breakAndSettle(attempt);
            }
        } catch (InterruptedException e) {
            stopped = true;
            attempt.note(OutcomeVerdict.INCONCLUSIVE, "aborted");
        } catch (RuntimeException e) {
            // A mistake in this program. The fault is lifted by now; going on would prove nothing.
            LOG.errorf(e, "failure=%s", due.failure().id());
            stopped = true;
            attempt.note(OutcomeVerdict.UNKNOWN, "internal error: " + e);
        }
        return attempt.outcome();
    }

    private boolean isSteady(Attempt attempt) throws InterruptedException {
        var due = attempt.due();
        say(
                attempt,
                Phase.SCHEDULE,
                "%s, due in %s".formatted(due.failure().type().id(), seconds(Duration.between(time.now(), due.at()))));
        time.pauseUntil(due.at().minus(steadyLead));
        var before = settling.await(time.now(), scenario.verification());
        var steady = attempt.steady(before);
        say(attempt, Phase.STEADY, steady ? "steady state: PASS" : "no steady state: " + before.explanation());
        return steady;
    }

    private void breakAndSettle(Attempt attempt) throws InterruptedException {
        try (var lag = LagSampler.open(verifier, lagInterval)) {
            var fault = faults.of(attempt.failure(), lag);
            attempt.evidence(fault.evidence());
            audit.attribute(id, attempt.failure().id());
            if (!journalled(attempt, fault)) {
                return;
            }
            breakPath(attempt, fault);
            settle(attempt, fault, lag);
        }
    }

    /** Nothing is broken that could not be healed after a crash. */
    private boolean journalled(Attempt attempt, Fault fault) throws InterruptedException {
        try {
            for (var left : journal.pending()) {
                platform.lift(left);
            }
            journal.clear();
        } catch (CallFailedException e) {
            attempt.note(
                    OutcomeVerdict.INCONCLUSIVE, "not injected: an earlier fault may be open (" + e.getMessage() + ")");
            return false;
        }
        try {
            journal.write(attempt.failure().id(), time.now(), fault.prepare());
            return true;
        } catch (CallFailedException e) {
            attempt.note(OutcomeVerdict.INCONCLUSIVE, "not injected: " + e.getMessage());
            return false;
        }
    }

    private void breakPath(Attempt attempt, Fault fault) throws InterruptedException {
        attempt.injected(time.now());
        var shift = attempt.due().shift(time.now());
        var late = shift.compareTo(WORTH_SAYING) > 0 ? ", %s later than due".formatted(seconds(shift)) : "";
        say(attempt, Phase.INJECT, "injecting " + attempt.failure().type().id() + late);
        try {
            fault.inject();
            say(attempt, Phase.INJECT, "injected");
            fault.hold();
        } catch (CallFailedException e) {
            attempt.note(OutcomeVerdict.INCONCLUSIVE, "could not be injected in full: " + e.getMessage());
            say(attempt, Phase.INJECT, "could not be injected in full: " + e.getMessage());
        } finally {
            revert(attempt, fault);
        }
    }

    /** An abort waits until the fault is lifted. */
    private void revert(Attempt attempt, Fault fault) {
        var interrupted = Thread.interrupted();
        while (true) {
            try {
                fault.close();
                attempt.reverted(time.now());
                forget(attempt);
                say(attempt, Phase.REVERT, fault.undoes() ? "lifted" : "nothing to undo");
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            } catch (CallFailedException e) {
                attempt.note(OutcomeVerdict.FAIL, "did not come back: " + e.getMessage());
                say(attempt, Phase.REVERT, "did not come back: " + e.getMessage());
                break;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** A journal that still names what is undone is harmless, as an undo can be done again. */
    private void forget(Attempt attempt) throws InterruptedException {
        try {
            journal.clear();
        } catch (CallFailedException e) {
            LOG.warnf("failure=%s %s", attempt.failure().id(), e.getMessage());
        }
    }

    private void settle(Attempt attempt, Fault fault, LagSampler lag) throws InterruptedException {
        var after = settling.await(time.now(), scenario.verification());
        attempt.highestLag(lag.highest());
        attempt.settled(after);
        fault.settled(new Recovery(attempt.duplicatesAbsorbed(), lag.highest()));
        say(attempt, Phase.SETTLE, after.explanation());
    }

    private void verifyAtTheEnd() {
        if (stopped) {
            return;
        }
        try {
            finalState = settling.await(time.now(), scenario.verification());
        } catch (InterruptedException e) {
            stopped = true;
        }
    }

    private void say(Attempt attempt, Phase phase, String text) {
        events.add(attempt.failure().id(), phase, text);
    }

    private static String sentence(Outcome outcome) {
        return "%s%s, highest lag %s, duplicates absorbed %s, rows lost %s"
                .formatted(
                        outcome.verdict(),
                        outcome.detail().isEmpty() ? "" : " (" + outcome.detail() + ")",
                        known(outcome.maxLagEvents()),
                        known(outcome.duplicatesAbsorbed()),
                        known(outcome.rowsLost()));
    }

    private static String known(Long value) {
        return value == null ? "unknown" : value.toString();
    }

    private static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", Math.max(0, duration.toMillis()) / 1000.0);
    }
}
