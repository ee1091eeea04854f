package dev.failureaware.cdc.stack;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * One part and its life: started, found ready, restarted when it dies by itself, held when it was stopped on purpose. All
 * state is guarded by the object's lock; waiting for an end happens outside of it.
 */
final class ManagedProcess {
    enum State {
        STOPPED,
        STARTING,
        RUNNING,
        BACKOFF,
        HELD;

        String label() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** What the control API shows; {@code identity}, {@code startedAt} and {@code lastExit} may be null. */
    record View(Part part, State state, ProcessIdentity identity, Instant startedAt, int restarts, Integer lastExit) {}

    /** A part that dies this often before it was ever ready has a reason that another try does not remove. */
    private static final int DEATHS_BEFORE_GIVING_UP = 3;

    private static final Duration PROBE_EVERY = Duration.ofMillis(150);

    private final ProcessSpec spec;
    private final Launcher launcher;
    private final PidRegistry registry;
    private final ScheduledExecutorService timer;
    private final Layout layout;
    private final Backoff backoff = new Backoff();

    private State state = State.STOPPED;
    private boolean wanted;
    private boolean ending;
    private Process process;
    private ProcessIdentity identity;
    private Instant startedAt;
    private ScheduledFuture<?> restart;
    private int restarts;
    private Integer lastExit;

    ManagedProcess(
            ProcessSpec spec, Launcher launcher, PidRegistry registry, ScheduledExecutorService timer, Layout layout) {
        this.spec = spec;
        this.launcher = launcher;
        this.registry = registry;
        this.timer = timer;
        this.layout = layout;
    }

    synchronized View view() {
        return new View(spec.part(), state, identity, startedAt, restarts, lastExit);
    }

    /** Launches unless it runs; ends a hold. Returns when launched, not when ready. */
    synchronized void start() throws IOException, InterruptedException {
        if (ending) {
            return;
        }
        wanted = true;
        if (process != null) {
            return;
        }
        if (restart != null) {
            restart.cancel(false);
            restart = null;
        }
        if (state == State.HELD) {
            backoff.reset();
        }
        launch();
    }

    private void launch() throws IOException, InterruptedException {
        spec.beforeLaunch().run();
        process = launcher.launch(spec);
        startedAt = Instant.now();
        state = State.STARTING;
        identity = ProcessIdentity.of(process.pid()).orElse(new ProcessIdentity(process.pid(), "gone"));
        registry.record(spec.part(), identity);
        var launched = process;
        launched.onExit().thenAcceptAsync(this::ended, timer);
        timer.schedule(() -> probe(launched), PROBE_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void probe(Process launched) {
        synchronized (this) {
            if (process != launched) {
                return;
            }
        }
        var passes = spec.ready().passes();
        synchronized (this) {
            if (process != launched) {
                return;
            }
            if (passes) {
                state = State.RUNNING;
                notifyAll();
            } else {
                timer.schedule(() -> probe(launched), PROBE_EVERY.toMillis(), TimeUnit.MILLISECONDS);
            }
        }
    }

    private synchronized void ended(Process dead) {
        lastExit = dead.exitValue();
        registry.forget(spec.part(), identity);
        process = null;
        identity = null;
        if (!wanted) {
            state = ending ? State.STOPPED : State.HELD;
        } else {
            var delay = backoff.afterRunning(Duration.between(startedAt, Instant.now()));
            state = State.BACKOFF;
            restarts++;
            System.out.printf(
                    "%s %s ended with exit code %d; started again in %d s%n",
                    Instant.now(), spec.part().label(), lastExit, delay.toSeconds());
            restart = timer.schedule(this::startAgain, delay.toMillis(), TimeUnit.MILLISECONDS);
        }
        notifyAll();
    }

    private synchronized void startAgain() {
        restart = null;
        if (!wanted || process != null) {
            return;
        }
        try {
            launch();
        } catch (IOException e) {
            var delay = backoff.afterRunning(Duration.ZERO);
            System.out.printf(
                    "%s %s cannot be started (%s); next try in %d s%n",
                    Instant.now(), spec.part().label(), e.getMessage(), delay.toSeconds());
            restart = timer.schedule(this::startAgain, delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until the probe passes; fails with the end of the log when it does not or when the process keeps dying. */
    synchronized void awaitReady(Duration within) throws InterruptedException {
        var deadline = Instant.now().plus(within);
        while (state != State.RUNNING) {
            var left = Duration.between(Instant.now(), deadline).toMillis();
            if (restarts >= DEATHS_BEFORE_GIVING_UP) {
                throw StackException.notStarted("%s does not start: exit code %d, %d times%s"
                        .formatted(spec.part().label(), lastExit, restarts, LogTail.of(layout.log(spec.part()))));
            }
            if (left <= 0) {
                throw StackException.notStarted("%s is not ready after %d s (%s)%s"
                        .formatted(
                                spec.part().label(),
                                within.toSeconds(),
                                state.label(),
                                LogTail.of(layout.log(spec.part()))));
            }
            wait(left);
        }
    }

    /** SIGKILL. Empty when it does not run. What was killed is started again like after any other death. */
    java.util.Optional<View> kill() {
        var before = view();
        if (before.identity() == null) {
            return java.util.Optional.empty();
        }
        return before.identity().handle().map(handle -> {
            handle.destroyForcibly();
            return before;
        });
    }

    /** Stops and holds until {@link #start()}. Returns when it is gone. */
    void stop() {
        end(false);
    }

    /** Stops for good. Returns when it is gone. */
    void shutDown() {
        end(true);
    }

    private void end(boolean forGood) {
        ProcessIdentity running;
        synchronized (this) {
            wanted = false;
            ending |= forGood;
            if (restart != null) {
                restart.cancel(false);
                restart = null;
            }
            running = identity;
            if (running == null) {
                state = ending ? State.STOPPED : State.HELD;
            }
        }
        if (running != null) {
            Signals.end(running, spec.stopSignal(), spec.stopWithin());
            awaitCollected(running);
        }
    }

    private synchronized void awaitCollected(ProcessIdentity gone) {
        var deadline = Instant.now().plusSeconds(2);
        try {
            while (gone.equals(identity) && Instant.now().isBefore(deadline)) {
                wait(100);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
