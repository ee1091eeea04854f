package dev.failureaware.cdc.chaos;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
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

    private final Scenario scenario;
    private final Faults faults;
    private final VerifierClient verifier;
    private final Settling settling;
    private final Journal journal;
    private final Time time;
    private final Duration steadyLead;
    private final Duration lagInterval;
    private final EventLog events;
    private final Consumer<Outcome> onOutcome;
    private final List<Outcome> outcomes = new CopyOnWriteArrayList<>();
    private volatile Settled finalState;
    private boolean stopped;

    ScenarioRun(
            Scenario scenario,
            Faults faults,
            VerifierClient verifier,
            Journal journal,
            Time time,
            InjectorConfig config,
            EventLog events,
            Consumer<Outcome> onOutcome) {
        this.scenario = scenario;
        this.faults = faults;
        this.verifier = verifier;
        this.settling = new Settling(verifier, time);
        this.journal = journal;
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
            if (!journalled(attempt, fault.undo())) {
                return;
            }
            breakPath(attempt, fault);
            settle(attempt, fault, lag);
        }
    }

    /** Nothing is broken that could not be healed after a crash. */
    private boolean journalled(Attempt attempt, Set<Undo> undos) throws InterruptedException {
        try {
            for (var left : journal.pending()) {
                faults.repair().apply(left);
            }
            journal.clear();
            journal.write(attempt.failure().id(), time.now(), undos);
            return true;
        } catch (IOException e) {
            attempt.note(OutcomeVerdict.INCONCLUSIVE, "not injected: the journal cannot be written (" + e + ")");
        } catch (CallFailedException e) {
            attempt.note(
                    OutcomeVerdict.INCONCLUSIVE,
                    "not injected: an earlier fault is still open (" + e.getMessage() + ")");
        }
        return false;
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
                journal.clear();
                attempt.reverted(time.now());
                say(attempt, Phase.REVERT, fault.undo().isEmpty() ? "nothing to undo" : "lifted");
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            } catch (CallFailedException e) {
                attempt.note(OutcomeVerdict.FAIL, "did not come back: " + e.getMessage());
                say(attempt, Phase.REVERT, "did not come back: " + e.getMessage());
                break;
            } catch (IOException e) {
                // Lifted all the same; a journal that still names it is harmless, as an undo can be done again.
                LOG.warnf(
                        "failure=%s journal not cleared: %s", attempt.failure().id(), e);
                attempt.reverted(time.now());
                break;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
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
