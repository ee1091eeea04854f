package dev.failureaware.cdc.chaos;

import dev.failureaware.cdc.chaos.platform.CallFailedException;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Looks at the lag from its opening to its closing and keeps the highest. A look that fails counts for nothing. */
final class LagSampler implements AutoCloseable {
    private static final long UNKNOWN = -1;

    private final VerifierClient verifier;
    private final ScheduledExecutorService thread;
    private long highest = UNKNOWN;

    private LagSampler(VerifierClient verifier) {
        this.verifier = verifier;
        this.thread = Executors.newSingleThreadScheduledExecutor(work -> {
            var daemon = new Thread(work, "lag-sampler");
            daemon.setDaemon(true);
            return daemon;
        });
    }

    static LagSampler open(VerifierClient verifier, Duration interval) {
        var sampler = new LagSampler(verifier);
        sampler.thread.scheduleWithFixedDelay(sampler::tick, 0, interval.toMillis(), TimeUnit.MILLISECONDS);
        return sampler;
    }

    /** One look now, in the caller's thread. */
    OptionalLong sample() throws InterruptedException {
        try {
            var events = verifier.lagEvents();
            note(events);
            return OptionalLong.of(events);
        } catch (CallFailedException e) {
            return OptionalLong.empty();
        }
    }

    synchronized OptionalLong highest() {
        return highest == UNKNOWN ? OptionalLong.empty() : OptionalLong.of(highest);
    }

    private void tick() {
        try {
            sample();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void note(long events) {
        highest = Math.max(highest, events);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
