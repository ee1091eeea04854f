package dev.failureaware.cdc.sink.proof;

import static dev.failureaware.cdc.test.DebeziumType.INT8;
import static dev.failureaware.cdc.test.DebeziumType.TEXT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.failureaware.cdc.test.DebeziumEvent;
import dev.failureaware.cdc.test.DebeziumEvents;
import dev.failureaware.cdc.test.DebeziumTable;
import dev.failureaware.cdc.test.TestDatabase;
import dev.failureaware.cdc.test.TestKafka;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * The test in the connector's place: a table with a key and one without, and what the sink must hold after each of their
 * records. Offsets count records, so the offsets in the sink tell exactly which rows must be there, whenever one looks.
 */
final class PlayedConnector implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    final String prefix;
    private final int partitions;
    private final DebeziumTable accounts =
            DebeziumTable.named("accounts").key("id", INT8).nullable("text", TEXT);
    private final DebeziumTable journal =
            DebeziumTable.named("journal").nullable("id", INT8).nullable("text", TEXT);
    private final DebeziumEvents stream = new DebeziumEvents();
    private final KafkaProducer<String, String> producer;
    private final List<Future<RecordMetadata>> sent = new ArrayList<>();
    /** By partition, one per record: the row that it leaves, as {@code id=text}, or {@code id} alone when it is gone. */
    private final Map<TopicPartition, List<String>> effects = new HashMap<>();

    private long commits;
    private String traceParent;

    /** @param partitions of each of the two topics */
    PlayedConnector(String kafka, String prefix, int partitions) {
        this.prefix = prefix;
        this.partitions = partitions;
        TestKafka.createTopic(kafka, topic("accounts"), partitions);
        TestKafka.createTopic(kafka, topic("journal"), partitions);
        // With several on the way, the first ones to a topic that was just made may be refused and the next ones taken;
        // those
        // that are sent again are then out of order for ever.
        producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", kafka, "max.in.flight.requests.per.connection", 1),
                new StringSerializer(),
                new StringSerializer());
    }

    String topic(String table) {
        return prefix + ".public." + table;
    }

    /** So many source transactions, each with rows of both tables; returns when the broker has them. */
    void commits(int number) {
        for (var i = 0; i < number; i++) {
            commit();
        }
        for (var future : sent) {
            try {
                future.get();
            } catch (InterruptedException | ExecutionException e) {
                throw new AssertionError(e);
            }
        }
        sent.clear();
    }

    /** An account is opened, changed, and now and then closed, far away from where it was opened; all is written down. */
    private void commit() {
        var id = commits++;
        var changed = id / 2;
        send("accounts", id, "new", accounts.insert(row(id, "new")));
        send("journal", id, "opened", journal.insert(row(id, "opened")));
        if (id % 7 == 3) {
            send("accounts", changed, null, accounts.delete(Map.of("id", changed)));
        } else {
            send("accounts", changed, "text " + id, accounts.update(row(changed, "text " + id)));
        }
        // Twins of the row above: in a table without key both stay.
        send("journal", id, "opened", journal.insert(row(id, "opened")));
    }

    /** A record that nobody can read, into the first partition. */
    void garbage() throws InterruptedException, ExecutionException {
        producer.send(new ProducerRecord<>(topic("accounts"), 0, "{\"id\":1}", "{garbage"))
                .get();
    }

    /** Every record sent from now on says that it belongs to this trace. */
    void trace(String traceParent) {
        this.traceParent = traceParent;
    }

    private static Map<String, Object> row(long id, String text) {
        return Map.of("id", id, "text", text);
    }

    private void send(String table, long id, String text, DebeziumEvent event) {
        var partition = new TopicPartition(topic(table), (int) (id % partitions));
        for (var one : stream.commit(event)) {
            var record = one.from(prefix, "shop").record(partition.partition());
            if (traceParent != null) {
                record.headers().add("traceparent", traceParent.getBytes(StandardCharsets.US_ASCII));
            }
            sent.add(producer.send(record));
        }
        effects.computeIfAbsent(partition, key -> new ArrayList<>()).add(text == null ? "" + id : id + "=" + text);
    }

    /** What the sink holds is what its offsets say, neither less nor more. In one statement, so that it may be at work. */
    void assertRowsAreWhatTheOffsetsSay(TestDatabase sink) {
        if (sink.value("SELECT to_regclass('public.accounts') IS NULL OR to_regclass('public.journal') IS NULL")
                .equals(true)) {
            return; // Not yet, and no offset can have moved past both.
        }
        var found = new TreeMap<String, List<String>>(Map.of("accounts", List.of(), "journal", List.of()));
        var offsets = new HashMap<TopicPartition, Long>();
        sink.query(
                        "SELECT 'accounts' AS what, id || '=' || text AS value, 0 AS partition FROM accounts UNION ALL SELECT"
                                + " 'journal', id || '=' || text, 0 FROM journal UNION ALL SELECT topic, next_offset::text,"
                                + " partition FROM _cdc.offsets")
                .forEach(row -> {
                    var what = (String) row.get("what");
                    var value = (String) row.get("value");
                    if (found.containsKey(what)) {
                        found.put(what, plus(found.get(what), value));
                    } else {
                        offsets.put(new TopicPartition(what, (Integer) row.get("partition")), Long.valueOf(value));
                    }
                });
        for (var table : found.entrySet()) {
            assertThat(found.get(table.getKey()).stream().sorted().toList())
                    .as("rows of %s at offsets %s", table.getKey(), offsets)
                    .isEqualTo(expected(table.getKey(), offsets));
        }
    }

    private static List<String> plus(List<String> rows, String row) {
        var more = rows instanceof ArrayList ? rows : new ArrayList<>(rows);
        more.add(row);
        return more;
    }

    private List<String> expected(String table, Map<TopicPartition, Long> offsets) {
        var rows = new ArrayList<String>();
        for (var partition : effects.keySet()) {
            if (partition.topic().equals(topic(table))) {
                var applied = effects.get(partition)
                        .subList(0, offsets.getOrDefault(partition, 0L).intValue());
                rows.addAll(table.equals("journal") ? applied : lastStates(applied));
            }
        }
        return rows.stream().sorted().toList();
    }

    private static List<String> lastStates(List<String> effects) {
        var last = new TreeMap<String, String>();
        effects.forEach(effect -> last.put(effect.split("=")[0], effect));
        return last.values().stream().filter(effect -> effect.contains("=")).toList();
    }

    /** Until the sink has taken all that was sent, each record once. */
    void awaitAllApplied(TestDatabase sink, Runnable meanwhile) {
        await().atMost(PATIENCE)
                .failFast("not what must hold", meanwhile::run)
                .ignoreException(IllegalStateException.class)
                .untilAsserted(() -> assertThat(applied(sink)).isEqualTo(sizes()));
        assertRowsAreWhatTheOffsetsSay(sink);
    }

    void awaitAllApplied(TestDatabase sink) {
        awaitAllApplied(sink, () -> {});
    }

    private Map<TopicPartition, Long> sizes() {
        var sizes = new HashMap<TopicPartition, Long>();
        effects.forEach((partition, records) -> sizes.put(partition, (long) records.size()));
        return sizes;
    }

    Map<TopicPartition, Long> applied(TestDatabase sink) {
        var offsets = new HashMap<TopicPartition, Long>();
        sink.query("SELECT topic, partition, next_offset FROM _cdc.offsets WHERE next_offset > 0")
                .forEach(row -> offsets.put(
                        new TopicPartition((String) row.get("topic"), (Integer) row.get("partition")),
                        (Long) row.get("next_offset")));
        return offsets;
    }

    /** Ids of the table without key that are there so many times. */
    TreeSet<Long> journalIds(TestDatabase sink) {
        var ids = new TreeSet<Long>();
        sink.query("SELECT DISTINCT id FROM journal").forEach(row -> ids.add((Long) row.get("id")));
        return ids;
    }

    @Override
    public void close() {
        producer.close();
    }
}
