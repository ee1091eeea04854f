package dev.failureaware.cdc.verifier;

import dev.failureaware.cdc.model.LogKeys;
import dev.failureaware.cdc.model.Verdict;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.operators.multi.processors.BroadcastProcessor;
import io.smallrye.mutiny.subscription.BackPressureStrategy;
import io.smallrye.mutiny.subscription.MultiEmitter;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/** Runs verifications one after the other, on schedule and on demand, and keeps the last report. */
@ApplicationScoped
class Verifications {
    private static final Logger LOG = Logger.getLogger(Verifications.class);
    private static final int VERDICTS_IN_A_REPORT = 20;

    private final Function<Effort, Report> verification;
    private final History history;
    private final Effort scheduled;
    private final Clock clock;
    private final ReentrantLock oneAtATime = new ReentrantLock(true);
    private final Metrics metrics;
    private final BroadcastProcessor<Report> live = BroadcastProcessor.create();
    private volatile Report last;
    private volatile Proof proof;

    @Inject
    Verifications(Verification verification, History history, Metrics metrics, VerifierConfig config, Clock clock) {
        this(verification::verify, history, metrics, Effort.scheduled(config), clock);
    }

    Verifications(
            Function<Effort, Report> verification, History history, Metrics metrics, Effort scheduled, Clock clock) {
        this.verification = verification;
        this.history = history;
        this.metrics = metrics;
        this.scheduled = scheduled;
        this.clock = clock;
        this.proof = history.proof();
        metrics.proven(proof);
    }

    /** Left out while any verification runs, so that schedules do not queue up. */
    @Scheduled(every = "${verifier.every:5s}", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void onSchedule() {
        if (oneAtATime.tryLock()) {
            try {
                run(scheduled);
            } finally {
                oneAtATime.unlock();
            }
        }
    }

    /**
     * Waits for its turn, then verifies, each for about this long at most. Without a turn nothing is known, which is no verdict: it
     * is not in the history.
     */
    Report now(Duration timeout) {
        if (!getsTurn(timeout)) {
            return withHistory(nothingKnown("no verification could begin: others took all of the %s that it may take"
                    .formatted(Figures.duration(timeout))));
        }
        try {
            return run(Effort.onDemand(timeout));
        } finally {
            oneAtATime.unlock();
        }
    }

    private boolean getsTurn(Duration timeout) {
        try {
            return oneAtATime.tryLock(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private Report run(Effort effort) {
        var report = verification.apply(effort);
        var before = Optional.ofNullable(last).map(Report::status);
        history.add(report);
        proof = proof.after(report);
        metrics.proven(proof);
        metrics.finished(report);
        publish(withHistory(report));
        if (before.filter(report.status()::equals).isEmpty()) {
            if (report.fence() != null) {
                MDC.put(LogKeys.POSITION, report.fence().lsn());
            }
            LOG.infof("%s%s", report.status(), report.reason() == null ? "" : ": " + report.reason());
            MDC.remove(LogKeys.POSITION);
        }
        return last;
    }

    /** The last finished verification of this process; before the first one, UNKNOWN. */
    Report last() {
        var report = last;
        return report != null ? report : withHistory(nothingKnown("no verification has finished yet"));
    }

    /** By all verifications, those of earlier lives included. */
    Proof proof() {
        return proof;
    }

    private Report nothingKnown(String reason) {
        return new Report(
                Verdict.UNKNOWN,
                reason,
                clock.instant(),
                0,
                null,
                Map.of(),
                Arrays.stream(CheckName.values())
                        .map(name -> new Report.Check(name.label(), Verdict.UNKNOWN, "not made yet"))
                        .toList(),
                Report.Summary.NOTHING_KNOWN,
                Report.Pipeline.NOTHING_KNOWN,
                List.of(),
                List.of());
    }

    private synchronized void publish(Report report) {
        last = report;
        live.onNext(report);
    }

    /** The last report, and then each one as it comes; who is too slow gets the newest and misses some. */
    Multi<Report> stream() {
        return Multi.createFrom().<Report>emitter(this::join, BackPressureStrategy.LATEST);
    }

    /** In one step, so that no report lies between the last one and the first that is waited for. */
    private synchronized void join(MultiEmitter<? super Report> reader) {
        if (last != null) {
            reader.emit(last);
        }
        var subscription = live.subscribe().with(reader::emit);
        reader.onTermination(subscription::cancel);
    }

    private Report withHistory(Report report) {
        return new Report(
                report.status(),
                report.reason(),
                report.timestamp(),
                report.durationMillis(),
                report.fence(),
                report.tables(),
                report.checks(),
                report.summary(),
                report.pipeline(),
                report.failures(),
                history.last(VERDICTS_IN_A_REPORT));
    }
}
