package dev.failureaware.cdc.chaos.platform.kubernetes;

import dev.failureaware.cdc.chaos.platform.Leadership;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Turns by a Lease. Who holds it renews it; who cannot renew it stops acting before anybody else may take it. At a clean end it
 * is let go, so that the next one need not wait.
 */
final class LeaseLeadership implements Leadership {
    private final Supplier<KubernetesClient> client;
    private final Duration duration;
    private final LeaseTurn lease;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(work -> {
        var daemon = new Thread(work, "lease");
        daemon.setDaemon(true);
        return daemon;
    });

    private final AtomicBoolean leading = new AtomicBoolean();
    private volatile long renewedNanos;
    private volatile String holder;
    private Listener listener;
    private CompletableFuture<?> election;
    private boolean closed;

    /**
     * @param identity of this injector, unlike any other's
     * @param duration how long a holder that has vanished without letting go keeps others waiting
     */
    LeaseLeadership(
            Supplier<KubernetesClient> client, String namespace, String name, String identity, Duration duration) {
        this.client = client;
        this.duration = duration;
        this.lease = new LeaseTurn(namespace, name, identity, this::updated);
    }

    static List<Right> rights(String name) {
        return Right.of("coordination.k8s.io", "leases", name, "get", "update").toList();
    }

    private void updated(String newHolder) {
        if (lease.identity().equals(newHolder)) {
            renewedNanos = System.nanoTime();
        }
    }

    @Override
    public synchronized void begin(Listener listener) {
        this.listener = listener;
        elect();
    }

    /** An elector serves once: after a loss the next one takes part again. */
    private synchronized void elect() {
        if (closed) {
            return;
        }
        var config = new LeaderElectionConfigBuilder()
                .withName("chaos-injector")
                .withLock(lease)
                .withLeaseDuration(duration)
                .withRenewDeadline(duration.multipliedBy(2).dividedBy(3))
                .withRetryPeriod(duration.dividedBy(10))
                .withReleaseOnCancel(true)
                .withLeaderCallbacks(new LeaderCallbacks(this::gained, this::lost, this::changed))
                .build();
        election = new LeaderElector(client.get(), config, thread).start();
        election.whenComplete((end, problem) -> {
            lost();
            again();
        });
    }

    private synchronized void again() {
        if (!closed) {
            thread.execute(this::elect);
        }
    }

    private void gained() {
        leading.set(true);
        listener.gained();
    }

    private void lost() {
        if (leading.compareAndSet(true, false)) {
            listener.lost();
        }
    }

    private void changed(String newHolder) {
        holder = newHolder;
    }

    /** By our own clock too: a renewal that hangs must not outlast the Lease. */
    @Override
    public boolean leads() {
        return leading.get() && System.nanoTime() - renewedNanos < duration.toNanos();
    }

    /** Not itself while it does not lead: it has let its lease run out, and nobody else has it yet. */
    @Override
    public Optional<String> holder() {
        return Optional.ofNullable(holder)
                .filter(name -> !name.isEmpty() && (leads() || !name.equals(lease.identity())));
    }

    @Override
    public void close() {
        CompletableFuture<?> running;
        synchronized (this) {
            closed = true;
            running = election;
        }
        if (running != null) {
            running.cancel(true);
        }
        thread.shutdown();
    }
}
