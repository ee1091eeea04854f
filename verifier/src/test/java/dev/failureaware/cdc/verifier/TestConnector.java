package dev.failureaware.cdc.verifier;

import dev.failureaware.cdc.test.DebeziumEvents;
import dev.failureaware.cdc.test.TestDatabase;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Plays Debezium: decodes the source's log in commit order and writes it to Kafka in Kafka transactions, logical messages in
 * Debezium's shape. Rows of table t (id, v, n) are sent in a form of our own when asked for, for the verifier reads no data.
 */
final class TestConnector implements AutoCloseable {
    static final int PARTITIONS = 3;
    private static final Pattern MESSAGE = Pattern.compile("message: .* prefix: (\\S+), sz: \\d+ content:(.*)");
    private static final Pattern ROW = Pattern.compile("table public\\.t: (INSERT|UPDATE|DELETE): (.*)");
    private static final Pattern ID = Pattern.compile("^id\\[integer\\]:(\\d+)");

    private final TestDatabase source;
    private final boolean sendsRows;
    private final String slot = "test_" + UUID.randomUUID().toString().replace('-', '_');
    private final KafkaProducer<String, String> producer;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();

    TestConnector(TestDatabase source, String bootstrapServers, boolean sendsRows) {
        this.source = source;
        this.sendsRows = sendsRows;
        this.producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "transactional.id", slot),
                new StringSerializer(),
                new StringSerializer());
        producer.initTransactions();
        source.query("SELECT pg_create_logical_replication_slot('" + slot + "', 'test_decoding')");
        thread.scheduleWithFixedDelay(this::send, 0, 10, TimeUnit.MILLISECONDS);
    }

    private void send() {
        var records = new ArrayList<ProducerRecord<String, String>>();
        source.query("SELECT data FROM pg_logical_slot_get_changes('" + slot + "', NULL, NULL, 'include-xids', '0')")
                .forEach(row -> records.addAll(records((String) row.get("data"))));
        if (!records.isEmpty()) {
            producer.beginTransaction();
            records.forEach(producer::send);
            producer.commitTransaction();
        }
    }

    private List<ProducerRecord<String, String>> records(String change) {
        var message = MESSAGE.matcher(change);
        if (message.matches()) {
            return List.of(
                    DebeziumEvents.message(message.group(1), message.group(2)).record(0));
        }
        var row = ROW.matcher(change);
        if (!sendsRows || !row.matches()) {
            return List.of();
        }
        var id = ID.matcher(row.group(2));
        if (!id.find()) {
            throw new IllegalStateException(change);
        }
        var key = id.group(1);
        var partition = Integer.parseInt(key) % PARTITIONS;
        var event = new ProducerRecord<>("shop.public.t", partition, key, row.group(2));
        return row.group(1).equals("DELETE")
                ? List.of(
                        new ProducerRecord<>("shop.public.t", partition, key, "deleted"),
                        new ProducerRecord<>("shop.public.t", partition, key, null))
                : List.of(event);
    }

    @Override
    public void close() throws SQLException, InterruptedException {
        thread.shutdown();
        thread.awaitTermination(10, TimeUnit.SECONDS);
        producer.close();
        source.query("SELECT pg_drop_replication_slot('" + slot + "')");
    }
}
