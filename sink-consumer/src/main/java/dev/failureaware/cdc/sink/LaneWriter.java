package dev.failureaware.cdc.sink;

import dev.failureaware.cdc.model.TableId;
import dev.failureaware.cdc.sink.apply.AwaitedRowException;
import dev.failureaware.cdc.sink.apply.Bookkeeping;
import dev.failureaware.cdc.sink.apply.FailureKind;
import dev.failureaware.cdc.sink.apply.PlanApplier;
import dev.failureaware.cdc.sink.apply.StopNotes;
import dev.failureaware.cdc.sink.apply.TableStoppedException;
import dev.failureaware.cdc.sink.decode.Decoded;
import dev.failureaware.cdc.sink.decode.LogPlace;
import dev.failureaware.cdc.sink.plan.BatchPlanner;
import dev.failureaware.cdc.sink.plan.KeyOrder.Ordered;
import dev.failureaware.cdc.sink.plan.KnownSnapshot;
import dev.failureaware.cdc.sink.plan.PartitionState;
import dev.failureaware.cdc.sink.plan.Plan;
import dev.failureaware.cdc.sink.plan.PlanAhead;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;

/** Writes the batches of one lane, one after the other, on the lane's thread. */
final class LaneWriter {
    private static final Logger LOG = Logger.getLogger(LaneWriter.class);

    /** What another lane is just writing is there in a moment; what comes behind this batch in its own lane never is. */
    private static final int MOST_TRIES_FOR_AWAITED = 3;

    /** Short against what a batch takes in a backlog; without one, nothing comes of looking. */
    private static final int LOOK_AHEAD_MILLIS = 3;

    /** What all lanes share. */
    @ApplicationScoped
    static class Factory {
        private final PlanApplier.Factory appliers;
        private final Bookkeeping bookkeeping;
        private final PartitionAssignment assignment;
        private final ConsumerGroup group;
        private final StoppedTables stopped;
        private final StopNotes stopNotes;
        private final Parking parking;
        private final SinkConfig config;
        private final SinkHealth health;
        private final SinkMetrics metrics;
        private final BatchTraces traces;

        Factory(
                PlanApplier.Factory appliers,
                Bookkeeping bookkeeping,
                PartitionAssignment assignment,
                ConsumerGroup group,
                StoppedTables stopped,
                StopNotes stopNotes,
                Parking parking,
                SinkConfig config,
                SinkHealth health,
                SinkMetrics metrics,
                BatchTraces traces) {
            this.appliers = appliers;
            this.bookkeeping = bookkeeping;
            this.assignment = assignment;
            this.group = group;
            this.stopped = stopped;
            this.stopNotes = stopNotes;
            this.parking = parking;
            this.config = config;
            this.health = health;
            this.metrics = metrics;
            this.traces = traces;
        }

        LaneWriter create(String lane) {
            return new LaneWriter(this, lane);
        }
    }

    private final Factory shared;
    /** Of this lane only: what it knows of the tables may include changes that were not committed yet. */
    private final PlanApplier applier;

    private final String name;
    /** Of the present batch. */
    private int triesForAwaited;

    private Supplier<Optional<Batch>> upcoming;
    private final PlanAhead ahead = new PlanAhead();

    private final CountDownLatch stopped = new CountDownLatch(1);

    private LaneWriter(Factory shared, String name) {
        this.shared = shared;
        this.name = name;
        this.applier = shared.appliers.create();
    }

    /** Ends a pause between two tries. */
    void stop() {
        stopped.countDown();
    }

    /**
     * Tries until the batch is through, or until it is no longer ours.
     *
     * @param batch all of it polled in this generation
     * @param upcoming the batch that comes next, as soon as that is decided
     */
    void write(Batch batch, int generation, Supplier<Optional<Batch>> upcoming) throws InterruptedException {
        this.upcoming = upcoming;
        var done = new CompletableFuture<Void>();
        shared.assignment.begin(done);
        try (var place = LogPlace.of(batch.events().get(0))) {
            var isolation =
                    new Isolation(batch.events(), batch::record, shared.config.constraintPatience(), Clock.systemUTC());
            var pause = shared.config.retryMin();
            triesForAwaited = 0;
            while (!tried(batch, isolation, generation)) {
                if (stopped.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
                pause = longer(pause);
            }
        } finally {
            shared.stopped.batchIsOver(name);
            done.complete(null);
        }
    }

    private Duration longer(Duration pause) {
        var twice = pause.multipliedBy(2);
        return twice.compareTo(shared.config.retryMax()) < 0 ? twice : shared.config.retryMax();
    }

    /** Whether there is nothing more to try. */
    private boolean tried(Batch batch, Isolation isolation, int generation) {
        try {
            if (shared.assignment.states(generation).isEmpty()) {
                shared.health.givenUp(name);
            } else {
                var stoppedBefore = shared.stopped.all().keySet();
                isolation.run(part -> attempt(part, batch, stoppedBefore, generation));
            }
            return true;
        } catch (RuntimeException failure) {
            if (stopped.getCount() == 0) {
                return true;
            }
            var kind = FailureKind.of(failure);
            shared.metrics.failed(kind);
            switch (kind) {
                case AWAITED -> {
                    triesForAwaited++;
                    return false;
                }
                case TRANSIENT, ORDER -> {
                    shared.health.retrying(name, failure);
                    return false;
                }
                case FENCED -> {
                    LOG.warnf("%s; joining the group again", failure.getMessage());
                    shared.group.leave(generation);
                    return true;
                }
                case REFUSED, FATAL -> throw failure;
            }
            throw new IllegalStateException("unknown kind " + kind);
        }
    }

    /** Applies the batch; when that stops a table, once more without the events that have to wait. */
    private void attempt(List<Decoded> events, Batch batch, Set<TableId> stoppedBefore, int generation) {
        var through = shared.stopped.letThrough(events, stoppedBefore);
        var states = shared.assignment.states(generation);
        if (states.isEmpty()) {
            return; // What waits may have been forgotten in between; it is all read again.
        }
        try {
            apply(through, batch, states.get(), generation);
        } catch (TableStoppedException stop) {
            shared.stopped.stop(stop, name);
            attempt(events, batch, stoppedBefore, generation);
        } catch (AwaitedRowException awaited) {
            if (triesForAwaited < MOST_TRIES_FOR_AWAITED || !shared.stopped.hold(awaited, through)) {
                throw awaited;
            }
            attempt(events, batch, stoppedBefore, generation);
        }
        shared.group.pauseHeld();
        var waiting = shared.stopped.unwritten();
        if (!waiting.isEmpty()) {
            shared.stopNotes.write(waiting).await().indefinitely();
            shared.stopped.written(waiting);
        }
    }

    /** Plans and writes, in one transaction. */
    private void apply(List<Decoded> all, Batch batch, Map<TopicPartition, PartitionState> states, int generation) {
        var order = shared.parking.order(all, batch);
        order.waiting().forEach(shared.stopped::hold);
        var events = order.events();
        List<KnownSnapshot> snapshots = BatchPlanner.needsSnapshots(events)
                ? shared.bookkeeping.snapshots().await().indefinitely()
                : List.of();
        var plan = ahead.take(events, states).orElseGet(() -> BatchPlanner.plan(events, states, snapshots));
        if (plan.advances().isEmpty()) {
            return;
        }
        shared.parking.expect(plan);
        var begun = Instant.now();
        var wholeBatch = events.size() == batch.size();
        var result = applied(plan, order, now -> {
            if (wholeBatch) { // Else it is halved, or some of it waits, and the next one begins elsewhere.
                planAhead(now, states, plan);
            }
        });
        var took = Duration.between(begun, Instant.now());
        shared.assignment.advance(generation, plan);
        shared.metrics.applied(plan, result, took);
        shared.traces.applied(batch, plan, result, begun);
        shared.health.working(name);
        shared.parking.report(plan);
        report(plan, result);
        shared.group.commitForDashboards(plan);
    }

    private PlanApplier.Result applied(Plan plan, Ordered order, Consumer<Future<?>> meanwhile) {
        try {
            var done =
                    applier.apply(plan, order, () -> shared.parking.send(plan)).subscribeAsCompletionStage();
            meanwhile.accept(done);
            return Uni.createFrom().completionStage(done).await().indefinitely();
        } catch (AwaitedRowException awaited) {
            applier.keepAhead(plan).await().indefinitely();
            throw awaited;
        }
    }

    /** While the database works. */
    private void planAhead(Future<?> done, Map<TopicPartition, PartitionState> states, Plan plan) {
        try {
            var next = upcoming.get();
            while (next.isEmpty() && !isOver(done)) {
                next = upcoming.get();
            }
            next.ifPresent(batch -> ahead.make(batch.events(), states, plan));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt(); // Whoever waits for the database next is told.
        }
    }

    /** Waits for a moment. */
    private static boolean isOver(Future<?> done) throws InterruptedException {
        try {
            done.get(LOOK_AHEAD_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            return true; // Who asks for the result learns it.
        }
        return true;
    }

    private static void report(Plan plan, PlanApplier.Result result) {
        LOG.debugf(
                "Applied %s: %d rows written, %d deleted, %d duplicates",
                plan.eventsApplied(), result.upserted(), result.deleted(), plan.duplicates() + result.unchanged());
    }
}
