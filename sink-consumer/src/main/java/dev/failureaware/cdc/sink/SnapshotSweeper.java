package dev.failureaware.cdc.sink;

import dev.failureaware.cdc.sink.apply.Bookkeeping;
import dev.failureaware.cdc.sink.apply.Bookkeeping.PendingSweep;
import dev.failureaware.cdc.sink.apply.FailureKind;
import dev.failureaware.cdc.sink.decode.LogPlace;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jboss.logging.Logger;

/**
 * Removes phantoms: rows deleted at the source while the connector could not see it get no event, and a snapshot only says
 * which rows exist.
 *
 * <p>A table is swept when its snapshot is complete and every partition of its topic was applied up to where the log ended at
 * a moment after that. Then a row whose last event is proven to be from before the snapshot was not in it, so it is gone. Rows
 * written later carry a later position, and stay, however long the sweep takes.
 */
@ApplicationScoped
class SnapshotSweeper {
    private static final Logger LOG = Logger.getLogger(SnapshotSweeper.class);
    private static final Duration POLL = Duration.ofMillis(50);
    /** How often one partition is asked before the next tick asks again. */
    private static final int MOST_POLLS = 20;

    private final Bookkeeping bookkeeping;
    private final SnapshotNotifications notifications;
    private final Map<String, Object> kafka;
    private final SinkMetrics metrics;

    /** Ends of the log, taken after the snapshot was known to be complete. Taking them anew is as right, only later. */
    private final Map<PendingSweep, Map<TopicPartition, Long>> fences = new ConcurrentHashMap<>();

    SnapshotSweeper(
            Bookkeeping bookkeeping,
            SnapshotNotifications notifications,
            @Identifier("default-kafka-broker") Map<String, Object> kafka,
            SinkMetrics metrics) {
        this.bookkeeping = bookkeeping;
        this.notifications = notifications;
        this.kafka = kafka;
        this.metrics = metrics;
    }

    @Scheduled(every = "${sink.sweep-interval:1s}", concurrentExecution = ConcurrentExecution.SKIP)
    void sweepWhatIsDue() {
        try {
            sweep();
        } catch (RetriableException e) {
            LOG.debug("Kafka is away; the next turn tries again", e);
        } catch (RuntimeException e) {
            if (FailureKind.of(e) != FailureKind.TRANSIENT) {
                throw e;
            }
            // The event path says so in the log and in the health.
            LOG.debug("The sink database is away; the next turn tries again", e);
        }
    }

    private void sweep() {
        bookkeeping.create().await().indefinitely();
        notifications.take();
        for (var sweep : bookkeeping.pendingSweeps().await().indefinitely()) {
            if (isPastFence(sweep)) {
                var rows = bookkeeping.sweep(sweep).await().indefinitely();
                fences.remove(sweep);
                metrics.swept(rows);
                try (var place = LogPlace.of(sweep.table(), sweep.lsn())) {
                    LOG.infof(
                            "%s: snapshot at %d is complete, %d rows swept that it did not hold",
                            sweep.table(), sweep.lsn(), rows);
                }
            }
        }
    }

    private boolean isPastFence(PendingSweep sweep) {
        try (var consumer = consumer()) {
            var fence = fences.computeIfAbsent(sweep, key -> ends(sweep.topic()));
            var applied = bookkeeping.nextOffsets(sweep.topic()).await().indefinitely();
            return fence.entrySet().stream()
                    .allMatch(end -> isApplied(
                            consumer,
                            end.getKey(),
                            applied.getOrDefault(end.getKey().partition(), 0L),
                            end.getValue()));
        }
    }

    /** The log's true ends: a reader of committed records could stop before records whose commit marker is on its way. */
    private Map<TopicPartition, Long> ends(String topic) {
        var settings = settings();
        settings.put(
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                IsolationLevel.READ_UNCOMMITTED.toString().toLowerCase(Locale.ROOT));
        try (var consumer = new KafkaConsumer<byte[], byte[]>(settings)) {
            return consumer.endOffsets(consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList());
        }
    }

    /** Offsets below the end may all be transaction markers, which no reader ever gets: then nothing is left to apply. */
    private static boolean isApplied(
            KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition, long applied, long end) {
        if (applied >= end) {
            return true;
        }
        consumer.assign(List.of(partition));
        consumer.seek(partition, applied);
        for (var polls = 0; polls < MOST_POLLS; polls++) {
            if (!consumer.poll(POLL).isEmpty()) {
                return false;
            }
            if (consumer.position(partition) >= end) {
                return true;
            }
        }
        return false;
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        var settings = settings();
        settings.put(
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                IsolationLevel.READ_COMMITTED.toString().toLowerCase(Locale.ROOT));
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
        return new KafkaConsumer<>(settings);
    }

    private Map<String, Object> settings() {
        var settings = new HashMap<>(kafka);
        settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
        settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        return settings;
    }
}
