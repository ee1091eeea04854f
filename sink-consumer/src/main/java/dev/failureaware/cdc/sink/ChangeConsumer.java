package dev.failureaware.cdc.sink;

import dev.failureaware.cdc.model.TableId;
import dev.failureaware.cdc.sink.apply.Bookkeeping;
import dev.failureaware.cdc.sink.apply.FailureKind;
import dev.failureaware.cdc.sink.apply.PlanApplier;
import dev.failureaware.cdc.sink.apply.TableStoppedException;
import dev.failureaware.cdc.sink.decode.Decoded;
import dev.failureaware.cdc.sink.decode.EventDecoder;
import dev.failureaware.cdc.sink.plan.BatchPlanner;
import dev.failureaware.cdc.sink.plan.PartitionState;
import dev.failureaware.cdc.sink.plan.Plan;
import io.quarkus.runtime.Startup;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.smallrye.reactive.messaging.kafka.KafkaClientService;
import io.smallrye.reactive.messaging.kafka.api.IncomingKafkaRecordBatchMetadata;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jboss.logging.Logger;

/**
 * The event path: decode, plan, apply. One batch at a time; while one is not through, the channel's back pressure pauses the
 * partitions, and polling goes on so that they stay ours.
 */
@Startup
@ApplicationScoped
class ChangeConsumer {
    private static final Logger LOG = Logger.getLogger(ChangeConsumer.class);
    static final String CHANNEL = "changes";

    private final EventDecoder decoder;
    private final PlanApplier applier;
    private final Bookkeeping bookkeeping;
    private final PartitionAssignment assignment;
    private final StoppedTables stopped;
    private final KafkaClientService clients;
    private final SinkConfig config;
    private final SinkHealth health;
    private final SinkMetrics metrics;

    ChangeConsumer(
            EventDecoder decoder,
            PlanApplier applier,
            Bookkeeping bookkeeping,
            PartitionAssignment assignment,
            StoppedTables stopped,
            KafkaClientService clients,
            SinkConfig config,
            SinkHealth health,
            SinkMetrics metrics) {
        this.decoder = decoder;
        this.applier = applier;
        this.bookkeeping = bookkeeping;
        this.assignment = assignment;
        this.stopped = stopped;
        this.clients = clients;
        this.config = config;
        this.health = health;
        this.metrics = metrics;
    }

    @PostConstruct
    void warnOfSabotage() {
        if (config.sabotage() != Sabotage.NONE) {
            LOG.warnf("sink.sabotage=%s: THIS SINK IS WRONG ON PURPOSE", config.sabotage());
        }
    }

    @Incoming(CHANNEL)
    Uni<Void> consume(
            ConsumerRecords<byte[], byte[]> records, IncomingKafkaRecordBatchMetadata<byte[], byte[]> metadata) {
        var generation = metadata.getConsumerGroupGenerationId();
        var done = new CompletableFuture<Void>();
        assignment.begin(done);
        return decode(records)
                .chain(events -> process(events, generation))
                .onFailure(failure -> FailureKind.of(failure) == FailureKind.FATAL)
                .invoke(health::fatal)
                .onTermination()
                .invoke(() -> done.complete(null));
    }

    private Uni<List<Decoded>> decode(ConsumerRecords<byte[], byte[]> records) {
        return Uni.createFrom()
                .item(() -> {
                    var events = new ArrayList<Decoded>(records.count());
                    records.forEach(record -> events.add(decoder.decode(record)));
                    return config.sabotage().spoil(events);
                })
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
    }

    /** Tries until the batch is through, or until it is no longer ours. */
    private Uni<Void> process(List<Decoded> events, int generation) {
        return Uni.createFrom()
                .deferred(() -> assignment
                        .states(generation)
                        .map(states -> attempt(events, states, generation))
                        .orElseGet(() -> Uni.createFrom().voidItem()))
                .onFailure()
                .invoke(failure -> metrics.failed(FailureKind.of(failure)))
                .onFailure(failure -> FailureKind.of(failure) == FailureKind.TRANSIENT)
                .invoke(health::retrying)
                .onFailure(failure -> FailureKind.of(failure) == FailureKind.TRANSIENT)
                .retry()
                .withBackOff(config.retryMin(), config.retryMax())
                .indefinitely()
                .onFailure(failure -> FailureKind.of(failure) == FailureKind.FENCED)
                .recoverWithUni(this::rejoin);
    }

    /** Applies the batch; when that stops a table, once more without the events that have to wait. */
    private Uni<Void> attempt(List<Decoded> events, Map<TopicPartition, PartitionState> states, int generation) {
        return attempt(events, stopped.all().keySet(), states, generation);
    }

    private Uni<Void> attempt(
            List<Decoded> events,
            Set<TableId> stoppedBefore,
            Map<TopicPartition, PartitionState> states,
            int generation) {
        var through = stopped.letThrough(events, stoppedBefore);
        if (assignment.states(generation).isEmpty()) {
            return Uni.createFrom().voidItem(); // What waits may have been forgotten in between; it is all read again.
        }
        return apply(through, states, generation)
                .onFailure(TableStoppedException.class)
                .recoverWithUni(failure -> {
                    stopped.stop((TableStoppedException) failure);
                    return attempt(events, stoppedBefore, states, generation);
                })
                .call(this::pauseHeld);
    }

    /** The channel resumes all partitions when it has room again, so this is done after each batch. */
    private Uni<Void> pauseHeld() {
        var held = stopped.heldPartitions();
        if (held.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        return clients.getConsumer(CHANNEL).runOnPollingThread(consumer -> {
            consumer.pause(held.stream().filter(consumer.assignment()::contains).toList());
        });
    }

    private Uni<Void> apply(List<Decoded> events, Map<TopicPartition, PartitionState> states, int generation) {
        var newestSnapshot = BatchPlanner.needsNewestSnapshot(events)
                ? bookkeeping.newestSnapshot()
                : Uni.createFrom().item(0L);
        return newestSnapshot
                .map(newest -> BatchPlanner.plan(events, states, newest))
                .chain(plan -> applier.apply(plan).invoke(result -> {
                    assignment.advance(generation, plan);
                    metrics.applied(plan, result);
                    health.working();
                    report(plan, result);
                    commitForDashboards(plan);
                }))
                .replaceWithVoid();
    }

    /** All of the assignment is taken anew, with offsets read from the database. */
    private Uni<Void> rejoin(Throwable fenced) {
        LOG.warnf("%s; joining the group again", fenced.getMessage());
        return readAgain();
    }

    /** Joins the group again, and so reads every partition from its stored offset. */
    Uni<Void> readAgain() {
        assignment.lose();
        return clients.getConsumer(CHANNEL).runOnPollingThread(consumer -> {
            consumer.enforceRebalance("reading again from the offsets in the sink database");
        });
    }

    private void commitForDashboards(Plan plan) {
        var offsets = new HashMap<TopicPartition, OffsetAndMetadata>();
        plan.advances()
                .forEach((partition, advance) -> offsets.put(
                        partition, new OffsetAndMetadata(advance.to().nextOffset())));
        clients.getConsumer(CHANNEL)
                .runOnPollingThread((Consumer<Object, Object> consumer) -> {
                    consumer.commitAsync(offsets, (committed, failure) -> {
                        if (failure != null) {
                            LOG.debugf(failure, "Kafka's committed offsets are behind for now");
                        }
                    });
                })
                .subscribe()
                .with(ok -> {}, failure -> LOG.debugf(failure, "Kafka's committed offsets are behind for now"));
    }

    private static void report(Plan plan, PlanApplier.Result result) {
        LOG.debugf(
                "Applied %s: %d rows written, %d deleted, %d duplicates",
                plan.eventsApplied(), result.upserted(), result.deleted(), plan.duplicates() + result.unchanged());
        for (var record : plan.parked()) {
            LOG.errorf("Parked %s offset %d: %s", record.partition(), record.offset(), record.reason());
        }
    }
}
