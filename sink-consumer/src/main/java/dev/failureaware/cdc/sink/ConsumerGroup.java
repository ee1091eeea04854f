package dev.failureaware.cdc.sink;

import dev.failureaware.cdc.sink.plan.Plan;
import io.smallrye.mutiny.Uni;
import io.smallrye.reactive.messaging.kafka.KafkaClientService;
import io.smallrye.reactive.messaging.kafka.KafkaConsumer;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;

/**
 * What is asked of Kafka beside records. All of it runs on the polling thread; nobody who works on a batch may wait for that,
 * because it may itself be waiting for the batch.
 */
@ApplicationScoped
class ConsumerGroup {
    private static final Logger LOG = Logger.getLogger(ConsumerGroup.class);

    private final KafkaClientService clients;
    private final PartitionAssignment assignment;
    private final StoppedTables stopped;

    ConsumerGroup(KafkaClientService clients, PartitionAssignment assignment, StoppedTables stopped) {
        this.clients = clients;
        this.assignment = assignment;
        this.stopped = stopped;
    }

    /** Joins the group again, and so reads every partition from its stored offset; nothing is applied until then. */
    Uni<Void> readAgain() {
        assignment.lose();
        return consumer().runOnPollingThread(consumer -> {
            consumer.enforceRebalance("reading again from the offsets in the sink database");
        });
    }

    /** {@link #readAgain()} once for all lanes that find out that a generation was overtaken. */
    void leave(int generation) {
        if (assignment.lose(generation)) {
            readAgain()
                    .subscribe()
                    .with(
                            ok -> {},
                            failure -> LOG.warnf(failure, "Could not join the group again; Kafka will see to it"));
        }
    }

    /** The channel resumes all partitions when it has room again, so this is done after each batch. */
    void pauseHeld() {
        var held = stopped.heldPartitions();
        if (!held.isEmpty()) {
            consumer()
                    .runOnPollingThread(consumer -> {
                        consumer.pause(held.stream()
                                .filter(consumer.assignment()::contains)
                                .toList());
                    })
                    .subscribe()
                    .with(
                            ok -> {},
                            failure -> LOG.debugf(failure, "Records that have to wait will be read and dropped"));
        }
    }

    void commitForDashboards(Plan plan) {
        var offsets = new HashMap<TopicPartition, OffsetAndMetadata>();
        plan.advances()
                .forEach((partition, advance) -> offsets.put(
                        partition, new OffsetAndMetadata(advance.to().nextOffset())));
        consumer()
                .runOnPollingThread(consumer -> {
                    consumer.commitAsync(offsets, (committed, failure) -> {
                        if (failure != null) {
                            LOG.debugf(failure, "Kafka's committed offsets are behind for now");
                        }
                    });
                })
                .subscribe()
                .with(ok -> {}, failure -> LOG.debugf(failure, "Kafka's committed offsets are behind for now"));
    }

    private KafkaConsumer<Object, Object> consumer() {
        return clients.getConsumer(ChangeConsumer.CHANNEL);
    }
}
