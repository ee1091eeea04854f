package dev.failureaware.cdc.sink;

import dev.failureaware.cdc.sink.apply.Bookkeeping;
import dev.failureaware.cdc.sink.apply.FailureKind;
import dev.failureaware.cdc.sink.plan.PartitionState;
import dev.failureaware.cdc.sink.plan.Plan;
import io.smallrye.common.annotation.Identifier;
import io.smallrye.mutiny.Uni;
import io.smallrye.reactive.messaging.kafka.KafkaConsumerRebalanceListener;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Default;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;

/**
 * Which partitions this process owns and where each stands. The database's offsets are the truth: on assignment the consumer
 * seeks to them; Kafka's committed offsets are for lag dashboards only.
 *
 * <p>The group uses eager rebalancing, so each generation revokes and assigns everything anew. A batch belongs to the
 * generation it was polled in, and is dropped unless that is the current one: the new generation reads it again.
 */
@ApplicationScoped
@Default
@Identifier("partition-assignment") class PartitionAssignment implements KafkaConsumerRebalanceListener {
    private static final Logger LOG = Logger.getLogger(PartitionAssignment.class);

    private final Bookkeeping bookkeeping;
    private final StoppedTables stopped;
    private final SinkConfig config;
    private final SinkHealth health;

    private static final Assigned NOTHING = new Assigned(-1, Map.of());

    private volatile Assigned assigned = NOTHING;
    private volatile CompletableFuture<Void> inProgress = CompletableFuture.completedFuture(null);

    PartitionAssignment(Bookkeeping bookkeeping, StoppedTables stopped, SinkConfig config, SinkHealth health) {
        this.bookkeeping = bookkeeping;
        this.stopped = stopped;
        this.config = config;
        this.health = health;
    }

    /** One value, so that a batch can never be planned on the states of another generation. */
    private record Assigned(int generation, Map<TopicPartition, PartitionState> states) {}

    /** Where the partitions stand, for a batch of this generation; empty when that is over and the batch must be dropped. */
    Optional<Map<TopicPartition, PartitionState>> states(int generation) {
        var now = assigned;
        return now.generation == generation ? Optional.of(now.states) : Optional.empty();
    }

    /** Remembers the batch in progress, for a rebalance to wait for. */
    void begin(CompletableFuture<Void> batch) {
        inProgress = batch;
    }

    /** Takes over what a committed plan has moved. */
    synchronized void advance(int generation, Plan plan) {
        if (assigned.generation == generation) {
            var moved = new HashMap<>(assigned.states);
            plan.advances().forEach((partition, advance) -> moved.put(partition, advance.to()));
            assigned = new Assigned(generation, Map.copyOf(moved));
        }
    }

    /** Nothing more is applied until the next assignment. */
    synchronized void lose() {
        assigned = NOTHING;
    }

    /** @throws MissingOffsetsException where Kafka no longer holds, or never held, the record that comes next */
    @Override
    public void onPartitionsAssigned(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
        if (partitions.isEmpty()) {
            return;
        }
        var first = consumer.beginningOffsets(partitions);
        var end = consumer.endOffsets(partitions);
        var found = patiently(bookkeeping.create().chain(() -> bookkeeping.states(first)));
        found.forEach((partition, state) -> {
            var missing = MissingOffsetsException.check(
                    partition, state.nextOffset(), first.get(partition), end.get(partition));
            missing.ifPresent(exception -> {
                health.fatal(exception);
                throw exception;
            });
            consumer.seek(partition, state.nextOffset());
        });
        var generation = consumer.groupMetadata().generationId();
        // In this order: whoever still works on a batch of before must not see it without what waits.
        lose();
        stopped.readAgain();
        synchronized (this) {
            assigned = new Assigned(generation, Map.copyOf(found));
        }
        LOG.infof("Generation %d: %d partitions assigned", generation, found.size());
        LOG.debugf("They continue from %s", found);
    }

    @Override
    public void onPartitionsRevoked(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
        try {
            inProgress.get(config.revokeWait().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.warnf(
                    "The batch in progress did not end within %s; the next owner reads it again", config.revokeWait());
        } catch (ExecutionException e) {
            LOG.debug("The batch in progress failed; the next owner reads it again", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        lose();
    }

    /** The polling thread has nothing to do without its offsets, so it waits for the database as long as it takes. */
    private <T> T patiently(Uni<T> question) {
        return question.onFailure(failure -> FailureKind.of(failure) == FailureKind.TRANSIENT)
                .invoke(health::retrying)
                .onFailure(failure -> FailureKind.of(failure) == FailureKind.TRANSIENT)
                .retry()
                .withBackOff(config.retryMin(), config.retryMax())
                .indefinitely()
                .onFailure()
                .invoke(health::fatal)
                .invoke(health::working)
                .await()
                .indefinitely();
    }
}
