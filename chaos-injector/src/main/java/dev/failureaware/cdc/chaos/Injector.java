package dev.failureaware.cdc.chaos;

import dev.failureaware.cdc.chaos.platform.CallFailedException;
import dev.failureaware.cdc.chaos.platform.Journal;
import dev.failureaware.cdc.chaos.platform.Undo;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Runs one scenario at a time, in a thread of its own; heals first what an earlier life left broken. */
@ApplicationScoped
class Injector {
    private static final Logger LOG = Logger.getLogger(Injector.class);
    /** A supervisor that ends this process waits a while before it kills; the journal covers what takes longer. */
    private static final Duration SHUTDOWN_LIMIT = Duration.ofSeconds(8);

    private final InjectorParts parts;
    private final InjectorConfig config;
    private final EventLog events;
    private final Journal journal;
    private final ReportWriter reports;
    private final RunMetrics metrics;

    private RunState state = RunState.IDLE;
    private Thread worker;
    private boolean abortable;
    private String runId;
    private Scenario scenario;
    private ScenarioRun run;
    private Instant startedAt;
    private Instant finishedAt;
    private Report report;

    Injector(InjectorParts parts, InjectorConfig config, ReportWriter reports, MeterRegistry registry) {
        this.parts = parts;
        this.config = config;
        this.events = new EventLog(parts.clock());
        this.journal = parts.platform().journal();
        this.reports = reports;
        this.metrics = new RunMetrics(registry, this::state);
    }

    /** Something runs already; the message says what. */
    static final class BusyException extends Exception {
        private BusyException(String message) {
            super(message);
        }
    }

    /** A consistent look at everything that watchers want to know. */
    record Snapshot(
            RunState state,
            String run,
            Optional<Scenario> scenario,
            OutcomeVerdict verdict,
            Instant startedAt,
            Instant finishedAt,
            List<Outcome> outcomes) {}

    synchronized void start(@Observes StartupEvent event) {
        try {
            if (journal.pending().isEmpty()) {
                journal.clear();
                return;
            }
        } catch (CallFailedException | InterruptedException e) {
            LOG.errorf("nothing was healed: %s", e.getMessage());
            return;
        }
        state = RunState.HEALING;
        work("heal", this::heal);
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        Thread running;
        synchronized (this) {
            running = worker;
            if (running != null) {
                running.interrupt();
            }
        }
        if (running != null) {
            running.join(SHUTDOWN_LIMIT.toMillis());
        }
    }

    /** @return the run's name */
    synchronized String run(Scenario wanted) throws BusyException {
        switch (state) {
            case HEALING -> throw new BusyException("healing what an earlier life left broken");
            case RUNNING -> throw new BusyException("running " + scenario.id() + " (" + runId + ")");
            case IDLE, FINISHED, ABORTED -> {
                // Free.
            }
        }
        startedAt = now();
        finishedAt = null;
        runId = wanted.id() + "-" + startedAt.getEpochSecond();
        scenario = wanted;
        events.runBegins();
        run = new ScenarioRun(
                runId,
                wanted,
                parts.platform(),
                parts.faults(),
                parts.audit(),
                parts.verifier(),
                parts.time(),
                config,
                events,
                metrics::record);
        state = RunState.RUNNING;
        abortable = true;
        work("scenario", this::runToTheEnd);
        return runId;
    }

    /** Asks the run to stop; the fault that is open is lifted first. @return whether there was one to stop */
    synchronized boolean abort() {
        if (state != RunState.RUNNING || !abortable) {
            return false;
        }
        abortable = false;
        events.add(null, Phase.SCENARIO, "abort requested");
        worker.interrupt();
        return true;
    }

    synchronized RunState state() {
        return state;
    }

    synchronized Snapshot snapshot() {
        return new Snapshot(
                state,
                runId,
                Optional.ofNullable(scenario),
                report == null || state == RunState.RUNNING ? null : report.verdict(),
                startedAt,
                finishedAt,
                run == null ? List.of() : run.outcomes());
    }

    synchronized Optional<Report> report() {
        return Optional.ofNullable(report);
    }

    EventLog events() {
        return events;
    }

    private void work(String name, Runnable work) {
        worker = new Thread(work, name);
        worker.setDaemon(true);
        worker.start();
    }

    private void runToTheEnd() {
        var complete = run.run();
        synchronized (this) {
            abortable = false;
        }
        // An abort that came too late must not disturb the writing of the report.
        Thread.interrupted();
        var end = complete ? RunState.FINISHED : RunState.ABORTED;
        var finished = now();
        var written = describe(end, finished);
        try {
            reports.write(written);
        } catch (IOException e) {
            events.add(null, Phase.SCENARIO, "the report cannot be written to " + config.reportDir() + ": " + e);
        }
        synchronized (this) {
            report = written;
            finishedAt = finished;
            state = end;
        }
    }

    private Report describe(RunState end, Instant finished) {
        var measured = parts.surroundings().measure(run.finalVerification());
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("load_rate", measured.loadRate());
        settings.put("load_seed", measured.loadSeed());
        settings.put("tolerance_seconds", scenario.verification().toleranceSeconds());
        settings.put("connector", measured.connectorConfig());
        return new Report(
                run.verdict(),
                runId,
                end,
                run.finalVerdict(),
                run.finalDetail(),
                scenario,
                startedAt,
                finished,
                measured.versions(),
                settings,
                measured.loadSeed(),
                run.outcomes(),
                run.finalVerification().orElse(null));
    }

    /** Goes on until it has worked: nothing may be tested on a pipeline that is still broken. */
    private void heal() {
        try {
            for (var undo : journal.pending()) {
                events.add(null, Phase.HEAL, "an earlier life may have left this undone: " + undo.id());
                while (!healed(undo)) {
                    parts.time().pause(parts.time().interval());
                }
            }
            journal.clear();
            events.add(null, Phase.HEAL, "healed");
            synchronized (this) {
                state = RunState.IDLE;
            }
        } catch (InterruptedException e) {
            LOG.info("stopped before all was healed; the journal keeps it for the next start");
        } catch (CallFailedException e) {
            events.add(null, Phase.HEAL, e.getMessage());
        }
    }

    private boolean healed(Undo undo) throws InterruptedException {
        try {
            parts.platform().lift(undo);
            events.add(null, Phase.HEAL, "done: " + undo.id());
            return true;
        } catch (CallFailedException e) {
            events.add(null, Phase.HEAL, "not yet: " + undo.id() + " (" + e.getMessage() + ")");
            return false;
        }
    }

    private Instant now() {
        return parts.clock().instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
