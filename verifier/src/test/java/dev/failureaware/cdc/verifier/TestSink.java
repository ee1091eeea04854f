package dev.failureaware.cdc.verifier;

import dev.failureaware.cdc.test.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Plays the sink-consumer for table t (id, v, n) of {@link TestConnector}: rows and offsets in one transaction, with delays. */
final class TestSink implements AutoCloseable {
    private static final Pattern ROW =
            Pattern.compile("id\\[integer\\]:(\\d+) v\\[text\\]:'([^']*)' n\\[integer\\]:(\\d+)");

    private final TestDatabase sink;
    private final KafkaConsumer<String, String> consumer;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private final Random random = new Random(7);
    private final boolean ignoresDeletes;
    private final boolean inGroup;

    TestSink(TestDatabase sink, String bootstrapServers, boolean ignoresDeletes) {
        this(sink, bootstrapServers, ignoresDeletes, "");
    }

    /** Without bookkeeping in the database: it commits offsets to Kafka when the rows are written. */
    static TestSink ofGroup(TestDatabase sink, String bootstrapServers, String group) {
        return new TestSink(sink, bootstrapServers, false, group);
    }

    private TestSink(TestDatabase sink, String bootstrapServers, boolean ignoresDeletes, String group) {
        this.sink = sink;
        this.ignoresDeletes = ignoresDeletes;
        this.inGroup = !group.isEmpty();
        this.consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "isolation.level",
                        "read_committed",
                        "auto.offset.reset",
                        "earliest",
                        "max.poll.records",
                        50,
                        "group.id",
                        group.isEmpty() ? "unused" : group,
                        "enable.auto.commit",
                        "false"),
                new StringDeserializer(),
                new StringDeserializer());
        var partitions = IntStream.range(0, TestConnector.PARTITIONS)
                .mapToObj(i -> new TopicPartition("shop.public.t", i))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        if (inGroup) {
            thread.scheduleWithFixedDelay(this::apply, 0, 1, TimeUnit.MILLISECONDS);
            return;
        }
        var applied = sink.query("SELECT partition, next_offset FROM _cdc.offsets WHERE topic = 'shop.public.t'");
        applied.forEach(row -> consumer.seek(
                new TopicPartition("shop.public.t", (Integer) row.get("partition")), (Long) row.get("next_offset")));
        thread.scheduleWithFixedDelay(this::apply, 0, 1, TimeUnit.MILLISECONDS);
    }

    private void apply() {
        // Polls of uneven length leave batches of uneven size and age.
        var records = consumer.poll(Duration.ofMillis(random.nextInt(40)));
        if (records.isEmpty()) {
            return;
        }
        try (var connection = sink.connect()) {
            connection.setAutoCommit(false);
            for (var partition : records.partitions()) {
                var ofPartition = records.records(partition);
                for (var record : ofPartition) {
                    apply(connection, record);
                }
                if (!inGroup) {
                    advance(connection, partition, ofPartition);
                }
            }
            connection.commit();
            if (inGroup) {
                consumer.commitSync();
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void apply(Connection connection, ConsumerRecord<String, String> record) throws SQLException {
        if (record.value() == null) {
            return;
        }
        if (record.value().equals("deleted")) {
            if (!ignoresDeletes) {
                try (var delete = connection.prepareStatement("DELETE FROM t WHERE id = ?")) {
                    delete.setInt(1, Integer.parseInt(record.key()));
                    delete.executeUpdate();
                }
            }
            return;
        }
        var row = ROW.matcher(record.value());
        if (!row.matches()) {
            throw new IllegalStateException(record.value());
        }
        try (var upsert = connection.prepareStatement("INSERT INTO t (id, v, n) VALUES (?, ?, ?)"
                + " ON CONFLICT (id) DO UPDATE SET v = excluded.v, n = excluded.n")) {
            upsert.setInt(1, Integer.parseInt(row.group(1)));
            upsert.setString(2, row.group(2));
            upsert.setInt(3, Integer.parseInt(row.group(3)));
            upsert.executeUpdate();
        }
    }

    /** Moves the stored offset behind the records, as the sink-consumer does in the transaction that writes their rows. */
    static void advance(Connection connection, TopicPartition partition, List<ConsumerRecord<String, String>> records)
            throws SQLException {
        try (var advance = connection.prepareStatement(
                "INSERT INTO _cdc.offsets (topic, partition, next_offset)"
                        + " VALUES (?, ?, ?) ON CONFLICT (topic, partition) DO UPDATE SET next_offset = excluded.next_offset")) {
            advance.setString(1, partition.topic());
            advance.setInt(2, partition.partition());
            advance.setLong(3, records.get(records.size() - 1).offset() + 1);
            advance.executeUpdate();
        }
    }

    @Override
    public void close() throws InterruptedException {
        thread.shutdown();
        thread.awaitTermination(10, TimeUnit.SECONDS);
        consumer.close();
    }
}
