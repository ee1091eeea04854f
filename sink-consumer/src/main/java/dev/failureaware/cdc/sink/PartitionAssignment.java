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
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
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
    private final Parking parking;
    private final SinkConfig config;
    private final SinkHealth health;

    private static final Assigned NOTHING = new Assigned(-1, Map.of(), Map.of());

    private volatile Assigned assigned = NOTHING;
    private final Set<CompletableFuture<Void>> inProgress = ConcurrentHashMap.newKeySet();

    PartitionAssignment(
            Bookkeeping bookkeeping, StoppedTables stopped, Parking parking, SinkConfig config, SinkHealth health) {
        this.bookkeeping = bookkeeping;
        this.stopped = stopped;
        this.parking = parking;
        this.config = config;
        this.health = health;
    }

    /**
     * One value, so that a batch can never be planned on the states of another generation.
     *
     * @param states by partition; the lane of a partition is the only one to read and move its state
     * @param places numbers from 0 on, in the order of the partitions
     */
    private record Assigned(
            int generation, Map<TopicPartition, PartitionState> states, Map<TopicPartition, Integer> places) {
        static Assigned of(int generation, Map<TopicPartition, PartitionState> states) {
            var sorted = states.keySet().stream()
                    .sorted(Comparator.comparing(TopicPartition::topic).thenComparing(TopicPartition::partition))
                    .toList();
            var places = new HashMap<TopicPartition, Integer>();
            sorted.forEach(partition -> places.put(partition, places.size()));
            return new Assigned(generation, new ConcurrentHashMap<>(states), Map.copyOf(places));
        }
    }

    /** Where the partitions stand, for a batch of this generation; empty when that is over and the batch must be dropped. */
    Optional<Map<TopicPartition, PartitionState>> states(int generation) {
        var now = assigned;
        return now.generation == generation ? Optional.of(now.states) : Optional.empty();
    }

    /** The partition's place among those of the generation, from 0 on; empty when that is over. */
    Optional<Integer> place(int generation, TopicPartition partition) {
        var now = assigned;
        return now.generation == generation ? Optional.ofNullable(now.places.get(partition)) : Optional.empty();
    }

    /** How far a generation has come; what is stored is never behind that, unless somebody has moved it back. */
    record Reached(int generation, Map<TopicPartition, Long> nextOffsets) {}

    Reached reached() {
        var now = assigned;
        var offsets = new HashMap<TopicPartition, Long>();
        now.states.forEach((partition, state) -> offsets.put(partition, state.nextOffset()));
        return new Reached(now.generation, offsets);
    }

    /** Remembers a batch in progress, for a rebalance to wait for; before anything is asked about its partitions. */
    void begin(CompletableFuture<Void> batch) {
        inProgress.add(batch);
        batch.whenComplete((done, failure) -> inProgress.remove(batch));
    }

    /** Takes over what a committed plan has moved. */
    void advance(int generation, Plan plan) {
        states(generation)
                .ifPresent(
                        states -> plan.advances().forEach((partition, advance) -> states.put(partition, advance.to())));
    }

    /** Nothing more is applied until the next assignment. */
    synchronized void lose() {
        assigned = NOTHING;
    }

    /** The same if the generation is not over yet; otherwise nothing, and false. */
    synchronized boolean lose(int generation) {
        var present = assigned.generation == generation;
        if (present) {
            lose();
        }
        return present;
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
        patiently(parking.take(partitions));
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
            assigned = Assigned.of(generation, found);
        }
        LOG.infof("Generation %d: %d partitions assigned", generation, found.size());
        LOG.debugf("They continue from %s", found);
    }

    @Override
    public void onPartitionsRevoked(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
        // First, so that a batch in progress is the last of its lane.
        lose();
        try {
            CompletableFuture.allOf(inProgress.toArray(CompletableFuture[]::new))
                    .get(config.revokeWait().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.warnf(
                    "The batches in progress did not end within %s; the next owner reads them again",
                    config.revokeWait());
        } catch (ExecutionException e) {
            LOG.debug("A batch in progress failed; the next owner reads it again", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The polling thread has nothing to do without its offsets, so it waits for the database as long as it takes. */
    private <T> T patiently(Uni<T> question) {
        return question.onFailure(failure -> FailureKind.of(failure) == FailureKind.TRANSIENT)
                .invoke(failure -> health.retrying("assignment", failure))
                .onFailure(failure -> FailureKind.of(failure) == FailureKind.TRANSIENT)
                .retry()
                .withBackOff(config.retryMin(), config.retryMax())
                .indefinitely()
                .onFailure()
                .invoke(health::fatal)
                .invoke(() -> health.working("assignment"))
                .await()
                .indefinitely();
    }
}
