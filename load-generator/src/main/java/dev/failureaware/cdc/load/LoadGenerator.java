package dev.failureaware.cdc.load;

import dev.failureaware.cdc.model.LogKeys;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/** Starts the writers once the database has answered, and ends them so that no transaction is left without its outcome. */
@ApplicationScoped
class LoadGenerator {
    private static final Logger LOG = Logger.getLogger(LoadGenerator.class);

    private final LoadSettings settings;
    private final SourceDatabase source;
    private final Tally tally;
    private final Gate gate = new Gate();
    private final List<Writer> writers = new CopyOnWriteArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile Ledger ledger;
    private volatile long run;
    private volatile boolean waitingForDatabase;
    /** Each is said once: at first the address is missing, then the role, then the tables. */
    private final Set<String> reasonsToWait = new HashSet<>();

    private volatile Throwable bug;

    LoadGenerator(LoadSettings settings, Pool pool, MeterRegistry metrics) {
        this.settings = settings;
        this.source = new SourceDatabase(pool, settings.transactionTimeout());
        this.tally = new Tally(metrics);
    }

    /** Without a ledger there is no load: a file that cannot be written stops the start. */
    void start(@Observes StartupEvent event) {
        try {
            ledger = new Ledger(
                    settings.ledger(),
                    settings.ledgerMaxSize().asLongValue(),
                    settings.ledgerKeptFiles(),
                    Clock.systemUTC());
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "load.ledger=" + settings.ledger() + " must be a file that can be written", e);
        }
        launch("load-start", this::startWriters);
    }

    private void startWriters() {
        var backoff = new Backoff(settings.backoffInitial(), settings.backoffMax());
        try {
            while (gate.enter()) {
                gate.leave();
                var last = lastRun();
                if (last.isPresent()) {
                    run = Math.max(last.get(), ledger.lastRun()) + 1;
                    ledger.begin(run);
                    // Also of the threads that this one starts.
                    MDC.put(LogKeys.RUN_ID, Long.toString(run));
                    for (var i = 0; i < settings.writers(); i++) {
                        var writer = writer(i);
                        writers.add(writer);
                        launch("load-writer-" + i, writer);
                    }
                    LOG.infof(
                            "run=%d seed=%d rate=%s/s writers=%d ledger=%s",
                            run, settings.seed(), settings.rate(), settings.writers(), settings.ledger());
                    return;
                }
                gate.pause(backoff.afterFailure().toNanos());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Optional<Long> lastRun() {
        try {
            var last = source.lastRun();
            waitingForDatabase = false;
            return Optional.of(last);
        } catch (DatabaseException e) {
            waitingForDatabase = true;
            if (reasonsToWait.add(e.getMessage())) {
                LOG.warnf("waiting for the database and its tables, for as long as it takes: %s", e.getMessage());
            }
            return Optional.empty();
        }
    }

    /** The run is part of the seed: a new life must not draw the keys of an earlier one again. */
    private Writer writer(int index) {
        var random = new SplittableRandom(settings.seed());
        for (var i = 0L; i < run * settings.writers() + index; i++) {
            random = random.split();
        }
        return new Writer(
                gate,
                new Pace(settings.rate() / settings.writers(), settings.maxCatchUp(), System.nanoTime()),
                new Backoff(settings.backoffInitial(), settings.backoffMax()),
                source,
                new Planner(random, "L%d.%d-".formatted(run, index)),
                ledger,
                tally,
                settings.workingSet(),
                customer -> Math.floorMod(customer.hashCode(), settings.writers()) == index);
    }

    private void launch(String name, Runnable work) {
        var thread = new Thread(work, name);
        thread.setUncaughtExceptionHandler((t, failure) -> {
            bug = failure;
            LOG.errorf(failure, "%s has ended by an error of the program; a restart is needed", t.getName());
        });
        synchronized (threads) {
            threads.add(thread);
        }
        thread.start();
    }

    /** An error of the program has ended a writer; only a restart helps. */
    Optional<Throwable> bug() {
        return Optional.ofNullable(bug);
    }

    /** Returns when no transaction is in flight any more. */
    void pause() throws InterruptedException {
        gate.close(longestStep());
    }

    void resume() {
        gate.open();
    }

    InputStream ledger() throws IOException {
        return ledger.read();
    }

    Stats stats() {
        return new Stats(
                tally.sum(LedgerLine.State.ACKNOWLEDGED),
                tally.sum(LedgerLine.State.FAILED),
                tally.sum(LedgerLine.State.UNKNOWN),
                settings.rate(),
                settings.seed(),
                gate.isOpen(),
                waitingForDatabase || writers.stream().anyMatch(Writer::isDegraded),
                run);
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException, IOException {
        if (!gate.shut(longestStep())) {
            LOG.error("a transaction is still in flight; its intent stays in the ledger without an outcome");
        }
        if (ledger != null) {
            ledger.close();
        }
    }

    /** Connection, BEGIN, statements and COMMIT each have the time-out to themselves. */
    private Duration longestStep() {
        return settings.transactionTimeout().multipliedBy(4);
    }
}
