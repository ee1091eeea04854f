package dev.failureaware.cdc.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
        var partition = new int[(int) events + 1];
        Arrays.fill(partition, -1);
        var rank = new int[(int) events + 1];
        var seen = new int[partitions];
        var rows = new HashMap<String, Long>();
        var lastDeletes = new HashMap<Integer, Topic.Order.Last>();
        var cutter = new SchemaCutter(schemaFull);
        var bytes = 0L;
        var total = 0L;
        var deletes = false;
        try (var consumer = new KafkaConsumer<byte[], byte[]>(settings())) {
            var all = IntStream.range(0, partitions)
                    .mapToObj(number -> new TopicPartition(Topic.name(prefix, table), number))
                    .toList();
            consumer.assign(all);
            consumer.seekToBeginning(all);
            var silentSince = Instant.now();
            while (total < events) {
                var records = consumer.poll(POLL);
                if (!records.isEmpty()) {
                    silentSince = Instant.now();
                } else if (Duration.between(silentSince, Instant.now()).compareTo(LONGEST_SILENCE) > 0) {
                    throw new BenchmarkException("topic %s holds only %,d of %,d events; none came for %d s"
                            .formatted(Topic.name(prefix, table), total, events, LONGEST_SILENCE.toSeconds()));
                }
                for (var record : records) {
                    var event = new Event(record, cutter.payload(record.value()));
                    each.accept(event);
                    if (record.value() == null) {
                        continue;
                    }
                    var json = event.json();
                    var seq = Change.seq(json);
                    total++;
                    bytes += record.value().length;
                    seen[record.partition()]++;
                    deletes |= seq == 0;
                    if (seq > 0) {
                        partition[(int) seq] = record.partition();
                        rank[(int) seq] = seen[record.partition()];
                    }
                    var id = json.path(seq > 0 ? "after" : "before").path("id").asText();
                    if (seq > 0) {
                        rows.put(id, seq);
                        lastDeletes.remove(record.partition());
                    } else {
                        rows.remove(id);
                        lastDeletes.put(record.partition(), new Topic.Order.Last(id, 0));
                    }
                }
                progress.accept(total);
            }
        }
        var standing = new HashMap<Integer, Topic.Order.Last>();
        rows.forEach((id, seq) -> standing.merge(
                partition[seq.intValue()],
                new Topic.Order.Last(id, seq),
                BinaryOperator.maxBy(Comparator.comparingLong(Topic.Order.Last::seq))));
        var last = Stream.concat(standing.values().stream(), lastDeletes.values().stream())
                .toList();
        var order = new Topic.Order(partition, rank, last, total, deletes);
        return new Topic(prefix, table, partitions, schemaFull, order, bytes / total);
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
