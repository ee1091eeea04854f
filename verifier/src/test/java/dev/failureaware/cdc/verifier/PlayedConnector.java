package dev.failureaware.cdc.verifier;

import dev.failureaware.cdc.model.Lsn;
import dev.failureaware.cdc.test.DebeziumEvents;
import dev.failureaware.cdc.test.TestDatabase;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Plays Debezium for tables of any columns: decodes the source's log in commit order and writes rows and logical messages to
 * Kafka, with the placeholder for large values that an update left alone.
 */
final class PlayedConnector implements AutoCloseable {
    static final int PARTITIONS = 3;
    private static final Pattern MESSAGE = Pattern.compile("message: .* prefix: (\\S+), sz: \\d+ content:(.*)");
    private static final Pattern ROW =
            Pattern.compile("table public\\.(\\w+): (INSERT|UPDATE|DELETE): (.*)", Pattern.DOTALL);
    private static final Pattern VALUE =
            Pattern.compile("(\\w+)\\[([^\\]]+)\\]:('(?:[^']++|'')*+'|\\S+)", Pattern.DOTALL);

    private final TestDatabase source;
    private final String slot = "test_" + UUID.randomUUID().toString().replace('-', '_');
    private final KafkaProducer<String, String> producer;
    private final Map<TopicPartition, Long> sent = new ConcurrentHashMap<>();
    private final Set<String> losesDeletesOf = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();

    PlayedConnector(TestDatabase source, String bootstrapServers) {
        this.source = source;
        this.producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "transactional.id", slot),
                new StringSerializer(),
                new StringSerializer());
        producer.initTransactions();
        source.query("SELECT pg_create_logical_replication_slot('" + slot + "', 'test_decoding')");
        thread.scheduleWithFixedDelay(this::decode, 0, 10, TimeUnit.MILLISECONDS);
    }

    static String topic(String table) {
        return "shop.public." + table;
    }

    /** As when its slot is lost for a while: what is deleted meanwhile is never told. */
    void losesDeletesOf(String table) {
        losesDeletesOf.add(table);
    }

    /** Sends the rows as a snapshot does. */
    void snapshot(List<PlayedChange> rows) {
        onThread(() -> send(rows.stream().map(PlayedConnector::record).toList()));
    }

    /** When it returns, all that was committed at the call is in Kafka; the offsets of the last records. */
    Map<TopicPartition, Long> sent() {
        onThread(this::decode);
        return Map.copyOf(sent);
    }

    private void onThread(Runnable work) {
        try {
            thread.submit(work).get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private void decode() {
        var records = new ArrayList<ProducerRecord<String, String>>();
        source.query("SELECT lsn::text, data FROM pg_logical_slot_get_changes('" + slot
                        + "', NULL, NULL, 'include-xids', '0')")
                .forEach(row -> records.addAll(records((String) row.get("lsn"), (String) row.get("data"))));
        send(records);
    }

    private void send(List<ProducerRecord<String, String>> records) {
        if (records.isEmpty()) {
            return;
        }
        producer.beginTransaction();
        var written = new ArrayList<Future<RecordMetadata>>();
        records.forEach(record -> written.add(producer.send(record)));
        producer.commitTransaction();
        for (var future : written) {
            try {
                var place = future.get();
                sent.put(new TopicPartition(place.topic(), place.partition()), place.offset());
            } catch (InterruptedException | ExecutionException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private List<ProducerRecord<String, String>> records(String lsn, String text) {
        var message = MESSAGE.matcher(text);
        if (message.matches()) {
            return List.of(
                    DebeziumEvents.message(message.group(1), message.group(2)).record(0));
        }
        var row = ROW.matcher(text);
        if (!row.matches()) {
            return List.of();
        }
        var at = Lsn.parse(lsn).value();
        var micros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
        var table = row.group(1);
        var tuples = row.group(3).split("new-tuple: ", 2);
        var values = values(tuples[tuples.length - 1]);
        return switch (row.group(2)) {
            case "INSERT" -> List.of(record(new PlayedChange(table, "c", at, micros, values)));
            case "UPDATE" -> {
                if (tuples.length == 1) {
                    yield List.of(record(new PlayedChange(table, "u", at, micros, values)));
                }
                var before = values(tuples[0].replace("old-key: ", ""));
                yield List.of(
                        record(new PlayedChange(table, "d", at, micros, before)),
                        record(new PlayedChange(table, "c", at, micros, values)));
            }
            default ->
                losesDeletesOf.contains(table)
                        ? List.of()
                        : List.of(record(new PlayedChange(table, "d", at, micros, values)));
        };
    }

    private static Map<String, String> values(String tuple) {
        var values = new LinkedHashMap<String, String>();
        var found = VALUE.matcher(tuple);
        while (found.find()) {
            var text = found.group(3);
            values.put(
                    found.group(1),
                    text.equals("null")
                            ? null
                            : text.equals("unchanged-toast-datum")
                                    ? PlayedChange.PLACEHOLDER
                                    : text.startsWith("'")
                                            ? text.substring(1, text.length() - 1)
                                                    .replace("''", "'")
                                            : text);
        }
        return values;
    }

    private static ProducerRecord<String, String> record(PlayedChange change) {
        return new ProducerRecord<>(
                topic(change.table()), Math.floorMod(change.id(), PARTITIONS), change.key(), change.value());
    }

    @Override
    public void close() throws InterruptedException {
        thread.shutdown();
        thread.awaitTermination(10, TimeUnit.SECONDS);
        producer.close();
        source.query("SELECT pg_drop_replication_slot('" + slot + "')");
    }
}
