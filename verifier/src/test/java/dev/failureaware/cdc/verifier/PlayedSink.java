package dev.failureaware.cdc.verifier;

import dev.failureaware.cdc.test.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Plays the sink-consumer for the events of {@link PlayedConnector}: rows and offsets in one transaction, with the sink's
 * bookkeeping. Each table may have a flaw of its own.
 */
final class PlayedSink implements AutoCloseable {
    private final TestDatabase sink;
    private final Map<String, BrokenSink.Flaw> flaws;
    private final Predicate<PlayedChange> spared;
    private final KafkaConsumer<String, String> consumer;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private volatile RuntimeException failure;

    /** @param spared changes that are applied as they should be, whatever the flaw */
    PlayedSink(
            TestDatabase sink,
            String bootstrapServers,
            Collection<String> tables,
            Map<String, BrokenSink.Flaw> flaws,
            Predicate<PlayedChange> spared) {
        this.sink = sink;
        this.flaws = flaws;
        this.spared = spared;
        this.consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", bootstrapServers,
                        "isolation.level", "read_committed",
                        "auto.offset.reset", "earliest",
                        "max.poll.records", 200,
                        "enable.auto.commit", "false"),
                new StringDeserializer(),
                new StringDeserializer());
        var partitions = tables.stream()
                .flatMap(table -> java.util.stream.IntStream.range(0, PlayedConnector.PARTITIONS)
                        .mapToObj(i -> new TopicPartition(PlayedConnector.topic(table), i)))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        thread.scheduleWithFixedDelay(this::poll, 0, 1, TimeUnit.MILLISECONDS);
    }

    /** Whether all records up to these are applied. */
    boolean isPast(Map<TopicPartition, Long> offsets) {
        if (failure != null) {
            throw failure;
        }
        var applied = sink.query("SELECT topic, partition, next_offset FROM _cdc.offsets").stream()
                .collect(Collectors.toMap(
                        row -> new TopicPartition((String) row.get("topic"), (Integer) row.get("partition")),
                        row -> (Long) row.get("next_offset")));
        return offsets.entrySet().stream()
                .filter(end -> end.getKey().topic().startsWith(PlayedConnector.topic("")))
                .allMatch(end -> applied.getOrDefault(end.getKey(), 0L) > end.getValue());
    }

    private void poll() {
        var records = consumer.poll(Duration.ofMillis(20));
        if (records.isEmpty()) {
            return;
        }
        try (var connection = sink.connect()) {
            connection.setAutoCommit(false);
            for (var partition : records.partitions()) {
                var ofPartition = records.records(partition);
                ofPartition.forEach(record -> apply(connection, record));
                TestSink.advance(connection, partition, ofPartition);
            }
            connection.commit();
        } catch (SQLException e) {
            failure = new IllegalStateException(e);
            throw failure;
        } catch (RuntimeException e) {
            failure = e;
            throw e;
        }
    }

    private void apply(Connection connection, ConsumerRecord<String, String> record) {
        var change = PlayedChange.of(record.value());
        var right = new Statements(connection);
        var flaw = flaws.get(change.table());
        if (flaw == null || spared.test(change)) {
            right.apply(change);
        } else {
            flaw.apply(change, right);
        }
    }

    private record Statements(Connection connection) implements BrokenSink.Applier {
        @Override
        public void apply(PlayedChange change) {
            write(known(change), " WHERE t._cdc_lsn <= excluded._cdc_lsn");
        }

        @Override
        public void applyUnguarded(PlayedChange change) {
            write(known(change), "");
        }

        @Override
        public void applyWithPlaceholders(PlayedChange change) {
            write(change, "");
        }

        @Override
        public void insert(PlayedChange change) {
            execute(insertion(known(change)), change.json(), change.op(), change.lsn(), change.micros());
        }

        private static PlayedChange known(PlayedChange change) {
            var known = change;
            for (var value : change.row().entrySet()) {
                known = PlayedChange.PLACEHOLDER.equals(value.getValue()) ? known.without(value.getKey()) : known;
            }
            return known;
        }

        private void write(PlayedChange change, String guard) {
            if (change.isDelete()) {
                execute(
                        "DELETE FROM %s WHERE id = ?::int AND _cdc_lsn <= ?".formatted(change.table()),
                        change.row().get("id"),
                        change.lsn());
                return;
            }
            if (change.isUpdate()) {
                // As there may be no unique key, no ON CONFLICT.
                var set = change.row().keySet().stream()
                        .map(column -> "%1$s = excluded.%1$s".formatted(column))
                        .collect(Collectors.joining(", "));
                var updated = execute(
                        """
                        UPDATE %1$s AS t SET %2$s, _cdc_op = excluded._cdc_op, _cdc_lsn = excluded._cdc_lsn,
                            _cdc_source_ts = excluded._cdc_source_ts
                        FROM (SELECT (jsonb_populate_record(null::%1$s, ?::jsonb || jsonb_build_object('_cdc_op', ?::text,
                            '_cdc_lsn', ?::bigint, '_cdc_source_ts', timestamptz 'epoch' + ?::bigint * interval '1 microsecond'))).*)
                            AS excluded WHERE t.id = excluded.id""".formatted(change.table(), set) + guard.replace(" WHERE ", " AND "),
                        change.json(),
                        change.op(),
                        change.lsn(),
                        change.micros());
                if (updated > 0 || guard.length() > 0) {
                    return;
                }
            }
            if (change.id() >= 0) {
                execute(
                        "DELETE FROM %s WHERE id = ?::int AND (_cdc_lsn <= ? OR ?)".formatted(change.table()),
                        change.row().get("id"),
                        change.lsn(),
                        guard.isEmpty());
            }
            execute(insertion(change), change.json(), change.op(), change.lsn(), change.micros());
        }

        private static String insertion(PlayedChange change) {
            return """
                    INSERT INTO %1$s SELECT (jsonb_populate_record(null::%1$s, ?::jsonb || jsonb_build_object('_cdc_op', ?::text,
                        '_cdc_lsn', ?::bigint, '_cdc_source_ts', timestamptz 'epoch' + ?::bigint * interval '1 microsecond'))).*""".formatted(change.table());
        }

        private int execute(String sql, Object... values) {
            try (var statement = connection.prepareStatement(sql)) {
                for (var i = 0; i < values.length; i++) {
                    statement.setObject(i + 1, values[i]);
                }
                return statement.executeUpdate();
            } catch (SQLException e) {
                throw new IllegalStateException(e.getMessage() + " in: " + sql, e);
            }
        }
    }

    @Override
    public void close() throws InterruptedException {
        thread.shutdown();
        thread.awaitTermination(10, TimeUnit.SECONDS);
        consumer.close();
    }
}
