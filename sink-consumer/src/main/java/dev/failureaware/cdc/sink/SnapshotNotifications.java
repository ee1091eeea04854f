package dev.failureaware.cdc.sink;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.failureaware.cdc.sink.apply.EmptyScans;
import dev.failureaware.cdc.sink.decode.LogPlace;
import io.smallrye.common.annotation.Identifier;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jboss.logging.Logger;

/**
 * Reads what the connector says of its snapshots ({@code notification.enabled.channels=sink}): which tables they found empty. The
 * notifications carry nothing that ties those of one snapshot together but their order, so the topic must have one partition. It
 * is short, and is read from its beginning in each life of this process; what is known already changes nothing.
 */
@ApplicationScoped
class SnapshotNotifications {
    private static final Logger LOG = Logger.getLogger(SnapshotNotifications.class);
    private static final Duration POLL = Duration.ofMillis(50);

    private final EmptyScans scans;
    private final ObjectMapper json;
    private final Optional<String> topic;
    private final Map<String, Object> kafka;

    private final ReentrantLock reading = new ReentrantLock();
    private volatile boolean stopped;
    private volatile KafkaConsumer<byte[], byte[]> consumer;
    /** By connector, the snapshot that its notifications are about at this place of the topic. */
    private final Map<String, Run> runs = new HashMap<>();

    private record Run(Instant started, List<String> empty) {}

    SnapshotNotifications(
            EmptyScans scans,
            ObjectMapper json,
            SinkConfig config,
            @Identifier("default-kafka-broker") Map<String, Object> kafka) {
        this.scans = scans;
        this.json = json;
        this.topic = config.notificationTopic();
        this.kafka = kafka;
    }

    /** Takes what has arrived since the last call. Called by one thread at a time. */
    void take() {
        if (topic.isEmpty() || stopped) {
            return;
        }
        reading.lock();
        try {
            if (consumer != null || open(topic.get())) {
                read();
            }
        } catch (WakeupException e) {
            LOG.debug("Stopped while reading notifications");
        } finally {
            if (stopped) {
                close();
            }
            reading.unlock();
        }
    }

    private void read() {
        try {
            for (var records = consumer.poll(POLL); !records.isEmpty(); records = consumer.poll(POLL)) {
                records.forEach(this::take);
            }
            scans.decide().await().indefinitely();
        } catch (RuntimeException e) {
            close(); // What was read and not recorded is read again.
            throw e;
        }
    }

    private boolean open(String name) {
        var settings = new HashMap<>(kafka);
        settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
        settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        var opened = new KafkaConsumer<byte[], byte[]>(settings);
        var partitions = opened.listTopics().getOrDefault(name, List.of());
        if (partitions.size() != 1) {
            opened.close();
            if (partitions.size() > 1) {
                LOG.errorf(
                        "Topic %s has %d partitions, so its order is lost; tables that a snapshot finds empty are not swept."
                                + " Create it with one partition",
                        name, partitions.size());
            }
            return false;
        }
        opened.assign(List.of(new TopicPartition(name, 0)));
        opened.seekToBeginning(opened.assignment());
        consumer = opened;
        return true;
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        JsonNode notification;
        try {
            var value = record.value() == null ? json.nullNode() : json.readTree(record.value());
            notification = value.has("payload") ? value.get("payload") : value;
        } catch (IOException e) {
            try (var place = LogPlace.of(new TopicPartition(record.topic(), record.partition()), record.offset())) {
                LOG.warnf("Offset %d of %s is no notification: %s", record.offset(), record.topic(), e.getMessage());
            }
            return;
        }
        // Incremental snapshots have names of their own: they tell nothing of rows that they do not hold.
        if (notification.path("aggregate_type").asText().equals("Initial Snapshot")) {
            take(notification);
        }
    }

    private void take(JsonNode notification) {
        var data = notification.path("additional_data");
        var connector = data.path("connector_name").asText();
        var at = Instant.ofEpochMilli(notification.path("timestamp").asLong());
        var run = runs.get(connector);
        switch (notification.path("type").asText()) {
            case "STARTED" -> runs.put(connector, new Run(at, new ArrayList<>()));
            case "TABLE_SCAN_COMPLETED" -> {
                if (run != null
                        && data.path("status").asText().equals("SUCCEEDED")
                        && data.path("total_rows_scanned").asText().equals("0")) {
                    run.empty.add(data.path("scanned_collection").asText());
                }
            }
            case "COMPLETED" -> {
                if (run != null && !run.empty.isEmpty()) {
                    LOG.infof("A snapshot of connector %s found no row in %s", connector, run.empty);
                    scans.record(connector, run.empty, run.started, at).await().indefinitely();
                }
                runs.remove(connector);
            }
            case "ABORTED", "SKIPPED" -> runs.remove(connector);
            default -> {
                // Says nothing of rows.
            }
        }
    }

    /** A consumer may be closed by its reader only; who is reading just now is woken, and closes it. */
    @PreDestroy
    void stop() {
        stopped = true;
        if (reading.tryLock()) {
            try {
                close();
            } finally {
                reading.unlock();
            }
            return;
        }
        var read = consumer;
        if (read != null) {
            read.wakeup();
        }
    }

    private void close() {
        if (consumer != null) {
            consumer.close();
            consumer = null;
            runs.clear();
        }
    }
}
