package dev.failureaware.cdc.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads a topic from its beginning until it has seen a number of change events. */
final class TopicReader {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String kafka;

    TopicReader(String kafka) {
        this.kafka = kafka;
    }

    /** @param payload the bytes of the value's payload, null for a tombstone */
    record Event(ConsumerRecord<byte[], byte[]> record, byte[] payload) {
        com.fasterxml.jackson.databind.JsonNode json() {
            try {
                return JSON.readTree(payload);
            } catch (IOException e) {
                throw new BenchmarkException("an event of topic " + record.topic() + " is no JSON", e);
            }
        }
    }

    /**
     * @param each sees every record, in order per partition
     * @param progress is told the number of events so far, now and then
     */
    Topic read(
            String prefix,
            Table table,
            int partitions,
            boolean schemaFull,
            long events,
            Consumer<Event> each,
            LongConsumer progress) {
        var order = new Topic.Order.Builder(partitions, events);
        var cutter = new SchemaCutter(schemaFull);
        var bytes = 0L;
        try (var consumer = new KafkaConsumer<byte[], byte[]>(settings())) {
            var all = IntStream.range(0, partitions)
                    .mapToObj(number -> new TopicPartition(Topic.name(prefix, table), number))
                    .toList();
            consumer.assign(all);
            consumer.seekToBeginning(all);
            var silentSince = Instant.now();
            while (order.events() < events) {
                var records = consumer.poll(POLL);
                if (!records.isEmpty()) {
                    silentSince = Instant.now();
                } else if (Duration.between(silentSince, Instant.now()).compareTo(LONGEST_SILENCE) > 0) {
                    throw new BenchmarkException("topic %s holds only %,d of %,d events; none came for %d s"
                            .formatted(Topic.name(prefix, table), order.events(), events, LONGEST_SILENCE.toSeconds()));
                }
                for (var record : records) {
                    var event = new Event(record, cutter.payload(record.value()));
                    each.accept(event);
                    if (record.value() == null) {
                        continue;
                    }
                    var json = event.json();
                    var seq = Change.seq(json);
                    bytes += record.value().length;
                    var id = json.path(seq > 0 ? "after" : "before").path("id").asText();
                    if (seq > 0) {
                        order.upsert(record.partition(), id, seq);
                    } else {
                        order.delete(record.partition(), id);
                    }
                }
                progress.accept(order.events());
            }
        }
        return new Topic(prefix, table, partitions, schemaFull, order.build(), bytes / order.events());
    }

    private Map<String, Object> settings() {
        return Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                kafka,
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class,
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                2000);
    }
}
