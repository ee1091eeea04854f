package dev.failureaware.cdc.chaos;

import dev.failureaware.cdc.chaos.platform.CallFailedException;
import dev.failureaware.cdc.chaos.platform.Journal;
import dev.failureaware.cdc.chaos.platform.Leadership;
import dev.failureaware.cdc.chaos.platform.Undo;
import dev.failureaware.cdc.model.LogKeys;
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
import java.util.Set;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/**
 * Runs one scenario at a time, in a thread of its own, and only while it leads; heals first what an earlier life or an earlier
 * leader left broken.
 */
@ApplicationScoped
class Injector implements Leadership.Listener {
    private static final Logger LOG = Logger.getLogger(Injector.class);
    /** A supervisor that ends this process waits a while before it kills; the journal covers what takes longer. */
    private static final Duration SHUTDOWN_LIMIT = Duration.ofSeconds(8);

    /** With nothing to heal it is ready before it is first asked. */
    private static final Duration START_LIMIT = Duration.ofMillis(500);

    private final InjectorParts parts;
    private final InjectorConfig config;
    private final EventLog events;
    private final Leadership leadership;
    private final Planner planner;
    private final Journal journal;
    private final ReportWriter reports;
    private final RunMetrics metrics;

    private RunState state = RunState.STANDBY;
    private Thread worker;
    private boolean abortable;
    private String runId;
    private Scenario scenario;
    private ScenarioRun run;
    private Instant startedAt;
    private Instant finishedAt;
    private Report report;
    private Map<String, String> reportFiles = Map.of();

    Injector(InjectorParts parts, InjectorConfig config, ReportWriter reports, MeterRegistry registry) {
        this.parts = parts;
        this.config = config;
        this.events = new EventLog(parts.clock());
        this.leadership = parts.platform().leadership();
        this.planner = new Planner(parts.platform(), config.platform());
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

    /** Another injector leads, or nobody does yet; the message says who. */
    static final class NotLeadingException extends Exception {
        private NotLeadingException(String message) {
            super(message);
        }
    }

    /** Something lacks without which the scenario's faults cannot be made or undone; nothing was touched. */
    static final class ImpossibleException extends Exception {
        private final transient List<String> lacking;

        private ImpossibleException(List<String> lacking) {
            super(String.join("; ", lacking));
            this.lacking = List.copyOf(lacking);
        }

        List<String> lacking() {
            return lacking;
        }
    }

    /** A consistent look at everything that watchers want to know. */
    record Snapshot(
            RunState state,
            boolean leader,
            String leaderName,
            String run,
            Optional<Scenario> scenario,
            OutcomeVerdict verdict,
            Instant startedAt,
            Instant finishedAt,
            Attempt.UnderWay underWay,
            List<Outcome> outcomes) {}

    void start(@Observes StartupEvent event) throws InterruptedException {
        leadership.begin(this);
        Thread healing;
        synchronized (this) {
            healing = worker;
        }
        if (healing != null) {
            healing.join(START_LIMIT.toMillis());
        }
    }

    @Override
    public synchronized void gained() {
        var before = worker;
        var resting = runId == null ? RunState.IDLE : RunState.ABORTED;
        state = RunState.HEALING;
        work("heal", () -> heal(before, resting));
    }

    @Override
    public synchronized void lost() {
        switch (state) {
            case RUNNING -> {
                if (abortable) {
                    abortable = false;
                    events.add(null, Phase.SCENARIO, "aborted: this injector does not lead any more");
                    worker.interrupt();
                }
            }
            case HEALING -> {
                state = RunState.STANDBY;
                worker.interrupt();
            }
            case STANDBY, IDLE, FINISHED, ABORTED -> {
                // Nothing is going on.
            }
        }
    }

    /** What is open is lifted, as far as there is time, before the next injector may begin. */
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
        leadership.close();
    }

    /** What the scenario would do, and what keeps it from being run. */
    Plan plan(Scenario wanted) throws CallFailedException, InterruptedException {
        return planner.of(wanted);
    }

    /** @return the run's name */
    String run(Scenario wanted)
            throws BusyException, NotLeadingException, ImpossibleException, CallFailedException, InterruptedException {
        requireFree();
        // The platform is asked without the lock: it may take its time.
        var lacking = planner.lacking(wanted);
        if (!lacking.isEmpty()) {
            throw new ImpossibleException(lacking);
        }
        return begin(wanted);
    }

    private synchronized void requireFree() throws BusyException, NotLeadingException {
        switch (state) {
            case HEALING -> throw new BusyException("healing what an earlier life left broken");
            case RUNNING -> throw new BusyException("running " + scenario.id() + " (" + runId + ")");
            case STANDBY, IDLE, FINISHED, ABORTED -> {
                // Free, if it leads.
            }
        }
        if (!leadership.leads()) {
            throw new NotLeadingException("this injector does not lead; "
                    + leadership.holder().map(name -> name + " does").orElse("nobody does yet"));
        }
    }

    private synchronized String begin(Scenario wanted) throws BusyException, NotLeadingException {
        requireFree();
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
        var id = runId;
        work("scenario", () -> {
            MDC.put(LogKeys.RUN_ID, id);
            runToTheEnd();
        });
        return id;
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
                leadership.leads(),
                leadership.holder().orElse(null),
                runId,
                Optional.ofNullable(scenario),
                report == null || state == RunState.RUNNING ? null : report.verdict(),
                startedAt,
                finishedAt,
                run == null ? null : run.underWay().orElse(null),
                run == null ? List.of() : run.outcomes());
    }

    /** @param file report.json, report.html or junit.xml; of the last run, be it one of an earlier life */
    Optional<String> report(String file) throws CallFailedException, InterruptedException {
        Map<String, String> files;
        synchronized (this) {
            files = reportFiles;
        }
        if (files.isEmpty()) {
            files = parts.platform().reports().kept();
        }
        return Optional.ofNullable(files.get(file));
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
        var files = reports.of(written);
        keep(files);
        synchronized (this) {
            report = written;
            reportFiles = files;
            finishedAt = finished;
            state = end;
        }
    }

    private void keep(Map<String, String> files) {
        try {
            reports.write(files);
        } catch (IOException e) {
            events.add(null, Phase.SCENARIO, "the report cannot be written to " + config.reportDir() + ": " + e);
        }
        try {
            parts.platform().reports().keep(files);
        } catch (CallFailedException e) {
            events.add(null, Phase.SCENARIO, "the report is not kept for a later life: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
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

    /**
     * Goes on until it has worked: nothing may be tested on a pipeline that is still broken.
     *
     * @param before a run that was aborted when the turn was lost; it has to be over
     * @param resting the state afterwards
     */
    private void heal(Thread before, RunState resting) {
        try {
            if (before != null) {
                before.join();
            }
            parts.audit().attribute(null, null);
            var broken = awaitPending();
            for (var undo : broken) {
                events.add(null, Phase.HEAL, "an earlier life may have left this undone: " + undo.id());
                while (!healed(undo)) {
                    parts.time().pause(parts.time().interval());
                }
            }
            forget();
            if (!broken.isEmpty()) {
                events.add(null, Phase.HEAL, "healed");
            }
            synchronized (this) {
                if (state == RunState.HEALING) {
                    state = resting;
                }
            }
        } catch (InterruptedException e) {
            LOG.info("stopped before all was healed; the journal keeps it for the next start");
        }
    }

    private Set<Undo> awaitPending() throws InterruptedException {
        for (var said = ""; ; ) {
            try {
                return journal.pending();
            } catch (CallFailedException e) {
                if (!said.equals(e.getMessage())) {
                    said = e.getMessage();
                    events.add(null, Phase.HEAL, "what is broken is not known: " + said);
                }
            }
            parts.time().pause(parts.time().interval());
        }
    }

    /** Harmless when it fails: an undo can be done again. */
    private void forget() throws InterruptedException {
        try {
            journal.clear();
        } catch (CallFailedException e) {
            events.add(null, Phase.HEAL, e.getMessage());
        }
    }

    private boolean healed(Undo undo) throws InterruptedException {
        try {
            var lifted = parts.platform().lift(undo);
            events.add(
                    null,
                    Phase.HEAL,
                    "done: " + undo.id()
                            + lifted.otherwise().map(why -> " (" + why + ")").orElse(""));
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
