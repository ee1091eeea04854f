package dev.failureaware.cdc.sink.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.failureaware.cdc.test.ConnectProcess;
import dev.failureaware.cdc.test.TestConnector;
import dev.failureaware.cdc.test.TestDatabase;
import dev.failureaware.cdc.test.TestKafka;
import dev.failureaware.cdc.test.TestPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A transaction that is open when the worker dies has rows on both sides of the position that the connector has stored, and
 * Debezium looks for its way back by positions that are not unique. More rounds: {@code -Dsoak.rounds=40 -Dsoak.seed=2}.
 */
class OpenAtTheKillIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Random random = new Random(Long.getLong("soak.seed", 1));
    private final TestDatabase source = TestPostgres.freshDatabase().withSourceSchema();
    private final ConnectProcess worker = ConnectProcess.start(
            TestKafka.bootstrapServers(), new TreeMap<>(Map.of("exactly.once.source.support", "enabled")));
    private final KafkaConsumer<String, String> kafka = new KafkaConsumer<>(
            Map.<String, Object>of(
                    "bootstrap.servers", TestKafka.bootstrapServers(), "isolation.level", "read_committed"),
            new StringDeserializer(),
            new StringDeserializer());
    private final Set<String> seen = new HashSet<>();
    private TestConnector connector;
    private int rows;

    @AfterEach
    void stop() {
        kafka.close();
        if (connector != null) {
            connector.close();
        }
        worker.close();
    }

    @Test
    void allRowsOfATransactionThatWasOpenArrive() throws Exception {
        createTable("rows");
        deploy("open", Map.of());
        insert("rows", 1);
        awaitAll();
        for (var round = 0; round < Integer.getInteger("soak.rounds", 3); round++) {
            round();
        }
    }

    /**
     * The position at which a transaction ends is that of whatever is written next: here a row in the midst of another
     * transaction. Of that other one Kafka may only have its BEGIN when the worker dies, as transaction metadata. Debezium 3.7
     * then takes the row for one that was sent, and with it those of its transaction before it: they are lost. So the
     * project's settings leave that metadata out ({@code provide.transaction.metadata}).
     */
    @Test
    void allRowsOfATransactionThatHadJustBegunToBeSentArrive() throws Exception {
        createTable("rows");
        createTable("late");
        // A heartbeat's commit would be the last one before the transaction, and no row of it would be written there.
        deploy("begun", Map.of("heartbeat.interval.ms", "600000"));
        insert("rows", 1);
        awaitAll();
        try (var open = source.connect();
                var metadata = source.connect()) {
            open.setAutoCommit(false);
            metadata.setAutoCommit(false);
            insert(open, "late", 1);
            insert("rows", 1);
            var committed = Integer.toString(rows);
            insert(open, "late", 2);
            await().atMost(PATIENCE).until(() -> {
                poll();
                return seen.contains(committed);
            });
            // A table's first event makes Debezium read its columns and their comments: it will wait there, after
            // BEGIN.
            try (var statement = metadata.createStatement()) {
                statement.execute("LOCK TABLE pg_catalog.pg_description IN ACCESS EXCLUSIVE MODE");
            }
            open.commit();
            await().atMost(PATIENCE)
                    .until(() -> !source.query("SELECT 1 AS waits FROM pg_locks WHERE NOT granted"
                                    + " AND relation = 'pg_catalog.pg_description'::regclass")
                            .isEmpty());
            LockSupport.parkNanos(Duration.ofSeconds(1).toNanos()); // A hundred of the connector's polls.
            worker.kill();
        }
        worker.startAgain();
        connector.awaitRunningAgain();
        awaitAll();
    }

    private void round() throws SQLException {
        try (var open = source.connect();
                var other = source.connect()) {
            open.setAutoCommit(false);
            other.setAutoCommit(false);
            insert(open, "rows", random.nextInt(3));
            insert(other, "rows", random.nextInt(2));
            insert(open, "rows", random.nextInt(3));
            insert("rows", 1);
            var committed = Integer.toString(rows);
            insert(open, "rows", random.nextInt(3));
            insert(other, "rows", random.nextInt(2));
            await().atMost(PATIENCE).until(() -> {
                poll();
                return seen.contains(committed);
            });
            LockSupport.parkNanos(random.nextInt(600) * 1_000_000L);
            if (random.nextBoolean()) {
                insert(open, "rows", random.nextInt(2));
                insert("rows", 1 + random.nextInt(2));
                LockSupport.parkNanos(random.nextInt(60) * 1_000_000L);
            }
            worker.kill();
            insert(open, "rows", random.nextInt(2));
            if (random.nextBoolean()) {
                other.commit();
                open.commit();
            } else {
                open.commit();
                insert("rows", 1);
                other.commit();
            }
            worker.startAgain();
            connector.awaitRunningAgain();
        }
        awaitAll();
    }

    private void createTable(String table) {
        source.execute("CREATE TABLE %1$s (id int PRIMARY KEY); ALTER PUBLICATION cdc_publication ADD TABLE %1$s;"
                        .formatted(table)
                + " GRANT SELECT ON " + table + " TO cdc_replicator");
    }

    private void deploy(String prefix, Map<String, String> changed) {
        var topics = List.of(prefix + ".public.rows", prefix + ".public.late");
        topics.forEach(topic -> TestKafka.createTopic(TestKafka.bootstrapServers(), topic, 1));
        kafka.assign(topics.stream().map(topic -> new TopicPartition(topic, 0)).toList());
        kafka.seekToBeginning(kafka.assignment());
        var settings = new TreeMap<>(changed);
        settings.put("producer.override.transaction.timeout.ms", "3000");
        settings.put("exactly.once.support", "required");
        connector =
                TestConnector.deploy(worker, source, prefix, "public.rows,public.late,public.cdc_heartbeat", settings);
    }

    private void insert(String table, int count) throws SQLException {
        try (var connection = source.connect()) {
            insert(connection, table, count);
        }
    }

    private void insert(Connection connection, String table, int count) throws SQLException {
        try (var statement = connection.createStatement()) {
            for (var i = 0; i < count; i++) {
                rows++;
                statement.execute("INSERT INTO " + table + " VALUES (" + rows + ")");
            }
        }
    }

    private void poll() {
        kafka.poll(Duration.ofMillis(100))
                .forEach(record -> seen.add(record.key().replaceAll("(?s).*\"id\":(\\d+)}.*", "$1")));
    }

    private void awaitAll() {
        var all = IntStream.rangeClosed(1, rows).mapToObj(Integer::toString).toList();
        await().atMost(PATIENCE).untilAsserted(() -> {
            poll();
            assertThat(seen).containsAll(all);
        });
    }
}
