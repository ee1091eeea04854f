package dev.failureaware.cdc.verifier;

import io.smallrye.common.annotation.Identifier;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.DescribeProducersOptions;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;

/** Where Kafka's partitions begin and end at this moment. */
@ApplicationScoped
class TopicEnds {
    private final Map<String, Object> settings;
    private Admin admin;

    TopicEnds(@Identifier("default-kafka-broker") Map<String, Object> kafka) {
        settings = new HashMap<>(kafka);
        settings.put(AdminClientConfig.CLIENT_ID_CONFIG, "cdc-verifier-admin");
        settings.put(AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500);
    }

    /** Made when first needed: while the broker's name does not resolve, it cannot be made. */
    private synchronized Admin admin() {
        if (admin == null) {
            try {
                admin = Admin.create(settings);
            } catch (KafkaException e) {
                throw new CheckImpossible("Kafka: " + (e.getCause() == null ? e : e.getCause()).getMessage(), e);
            }
        }
        return admin;
    }

    /** Ends (exclusive) of all that is written, committed or not. */
    Map<TopicPartition, Long> written(Collection<TopicPartition> partitions, Deadline deadline) {
        return ends(partitions, IsolationLevel.READ_UNCOMMITTED, deadline);
    }

    /** Ends (exclusive) of what a reader of committed records can see. */
    Map<TopicPartition, Long> committed(Collection<TopicPartition> partitions, Deadline deadline) {
        return ends(partitions, IsolationLevel.READ_COMMITTED, deadline);
    }

    private Map<TopicPartition, Long> ends(
            Collection<TopicPartition> partitions, IsolationLevel isolation, Deadline deadline) {
        return offsets(partitions, OffsetSpec.latest(), isolation, "where its topics end", deadline);
    }

    /** The oldest offset that Kafka still has. */
    Map<TopicPartition, Long> first(Collection<TopicPartition> partitions, Deadline deadline) {
        return offsets(
                partitions, OffsetSpec.earliest(), IsolationLevel.READ_UNCOMMITTED, "where its topics begin", deadline);
    }

    private Map<TopicPartition, Long> offsets(
            Collection<TopicPartition> partitions,
            OffsetSpec spec,
            IsolationLevel isolation,
            String what,
            Deadline deadline) {
        var wanted = new HashMap<TopicPartition, OffsetSpec>();
        partitions.forEach(partition -> wanted.put(partition, spec));
        var offsets = new HashMap<TopicPartition, Long>();
        answered(
                        admin().listOffsets(wanted, new ListOffsetsOptions(isolation).timeoutMs(timeout(deadline)))
                                .all(),
                        what,
                        deadline)
                .forEach((partition, found) -> offsets.put(partition, found.offset()));
        return offsets;
    }

    /**
     * A transaction that keeps readers of committed records from what is behind it.
     *
     * @param from offset of its first record
     * @param lastWrite Kafka's time of its last record
     */
    record OpenTransaction(TopicPartition partition, long from, Instant lastWrite) {}

    List<OpenTransaction> openTransactions(Collection<TopicPartition> partitions, Deadline deadline) {
        var open = new ArrayList<OpenTransaction>();
        answered(
                        admin().describeProducers(
                                        partitions, new DescribeProducersOptions().timeoutMs(timeout(deadline)))
                                .all(),
                        "which transactions are open",
                        deadline)
                .forEach((partition, state) -> state.activeProducers()
                        .forEach(producer -> producer.currentTransactionStartOffset()
                                .ifPresent(from -> open.add(new OpenTransaction(
                                        partition, from, Instant.ofEpochMilli(producer.lastTimestamp()))))));
        return open;
    }

    /** Offsets that a consumer group has committed: of the first record of each partition that it has not done. */
    Map<TopicPartition, Long> ofGroup(String group, Deadline deadline) {
        var committed = new HashMap<TopicPartition, Long>();
        answered(
                        admin().listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata(),
                        "how far group " + group + " is",
                        deadline)
                .forEach((partition, offset) -> {
                    if (offset != null) {
                        committed.put(partition, offset.offset());
                    }
                });
        return committed;
    }

    private static int timeout(Deadline deadline) {
        return (int) Math.min(deadline.remaining().toMillis(), 60_000);
    }

    private static <T> T answered(KafkaFuture<T> answer, String what, Deadline deadline) {
        try {
            return answer.get(deadline.remaining().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new CheckImpossible(
                    "Kafka did not say " + what + ": " + e.getCause().getMessage(), e);
        } catch (TimeoutException e) {
            throw new CheckImpossible("Kafka did not say in time " + what, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CheckImpossible("the verifier is being stopped", e);
        }
    }

    @PreDestroy
    synchronized void close() {
        if (admin != null) {
            admin.close(Duration.ofSeconds(1));
        }
    }
}
