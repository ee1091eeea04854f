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
import org.junit.jupiter.api.Test;

/**
 * A transaction that is open when the worker dies has rows on both sides of the position that the connector has stored, and
 * Debezium looks for its way back by positions that are not unique. More rounds: {@code -Dsoak.rounds=40 -Dsoak.seed=2}.
 */
class OpenAtTheKillIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String TOPIC = "open.public.rows";

    private final Random random = new Random(Long.getLong("soak.seed", 1));
    private int rows;

    @Test
    void allRowsOfATransactionThatWasOpenArrive() throws Exception {
        var source = TestPostgres.freshDatabase().withSourceSchema();
        source.execute("CREATE TABLE rows (id int PRIMARY KEY); ALTER PUBLICATION cdc_publication ADD TABLE rows;"
                + " GRANT SELECT ON rows TO cdc_replicator");
        TestKafka.createTopic(TestKafka.bootstrapServers(), TOPIC, 1);
        try (var worker = ConnectProcess.start(
                        TestKafka.bootstrapServers(), new TreeMap<>(Map.of("exactly.once.source.support", "enabled")));
                var kafka = new KafkaConsumer<>(
                        Map.<String, Object>of(
                                "bootstrap.servers", TestKafka.bootstrapServers(), "isolation.level", "read_committed"),
                        new StringDeserializer(),
                        new StringDeserializer())) {
            kafka.assign(List.of(new TopicPartition(TOPIC, 0)));
            kafka.seekToBeginning(kafka.assignment());
            var connector = TestConnector.deploy(
                    worker,
                    source,
                    "open",
                    "public.rows,public.cdc_heartbeat",
                    Map.of(
                            "producer.override.transaction.timeout.ms",
                            "3000",
                            "exactly.once.support",
                            "required",
                            "topic.creation.default.partitions",
                            "1"));
            var seen = new HashSet<String>();
            insert(source, 1);
            awaitAll(kafka, seen);
            for (var round = 0; round < Integer.getInteger("soak.rounds", 3); round++) {
                round(source, worker, connector, kafka, seen);
            }
        }
    }

    private void round(
            TestDatabase source,
            ConnectProcess worker,
            TestConnector connector,
            KafkaConsumer<String, String> kafka,
            Set<String> seen)
            throws SQLException {
        try (var open = source.connect();
                var other = source.connect()) {
            open.setAutoCommit(false);
            other.setAutoCommit(false);
            insert(open, random.nextInt(3));
            insert(other, random.nextInt(2));
            insert(open, random.nextInt(3));
            var before = rows;
            insert(source, 1);
            insert(open, random.nextInt(3));
            insert(other, random.nextInt(2));
            await().atMost(PATIENCE).until(() -> {
                poll(kafka, seen);
                return seen.contains(Integer.toString(before));
            });
            LockSupport.parkNanos(random.nextInt(600) * 1_000_000L);
            if (random.nextBoolean()) {
                insert(open, random.nextInt(2));
                insert(source, 1 + random.nextInt(2));
                LockSupport.parkNanos(random.nextInt(60) * 1_000_000L);
            }
            worker.kill();
            insert(open, random.nextInt(2));
            if (random.nextBoolean()) {
                other.commit();
                open.commit();
            } else {
                open.commit();
                insert(source, 1);
                other.commit();
            }
            worker.startAgain();
            connector.awaitRunningAgain();
        }
        awaitAll(kafka, seen);
    }

    private void insert(TestDatabase source, int count) throws SQLException {
        for (var i = 0; i < count; i++) {
            source.execute("INSERT INTO rows VALUES (" + rows++ + ")");
        }
    }

    private void insert(Connection connection, int count) throws SQLException {
        try (var statement = connection.createStatement()) {
            for (var i = 0; i < count; i++) {
                statement.execute("INSERT INTO rows VALUES (" + rows++ + ")");
            }
        }
    }

    private static void poll(KafkaConsumer<String, String> kafka, Set<String> seen) {
        kafka.poll(Duration.ofMillis(100))
                .forEach(record -> seen.add(record.key().replaceAll("(?s).*\"id\":(\\d+)}.*", "$1")));
    }

    private void awaitAll(KafkaConsumer<String, String> kafka, Set<String> seen) {
        var all = IntStream.range(0, rows).mapToObj(Integer::toString).toList();
        await().atMost(PATIENCE).untilAsserted(() -> {
            poll(kafka, seen);
            assertThat(seen).containsAll(all);
        });
    }
}
