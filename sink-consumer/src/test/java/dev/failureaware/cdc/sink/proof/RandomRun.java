package dev.failureaware.cdc.sink.proof;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.failureaware.cdc.test.ConnectProcess;
import dev.failureaware.cdc.test.TestConnector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** One seed's writes and what goes wrong meanwhile. */
final class RandomRun implements AutoCloseable {
    /** What may go wrong, or be done by somebody, between two writes. */
    private enum Trouble {
        CONNECTOR_KILLED,
        SINK_KILLED,
        ANOTHER_SINK,
        COLUMN_ADDED,
        TABLE_TRUNCATED,
        READ_AGAIN_WHILE_RUNNING,
        READ_AGAIN_WHILE_STOPPED,
        SNAPSHOT_AGAIN;

        /** A table without key has no defence against these: docs/guarantees.md. */
        boolean needsKeys() {
            return this == READ_AGAIN_WHILE_RUNNING || this == READ_AGAIN_WHILE_STOPPED || this == SNAPSHOT_AGAIN;
        }
    }

    private final String prefix;
    private final int operations;
    private final String kafka;
    private final Random random;
    private final boolean exactlyOnce;
    private final boolean withHistory;
    private final boolean withSchemas;
    private final ConnectProcess worker;
    private final SourceAndSink databases = new SourceAndSink();
    private final Workload workload;
    private final TestConnector connector;
    private final List<SinkProcess> sinks = new ArrayList<>();
    private final Map<Trouble, Integer> happened = new EnumMap<>(Trouble.class);
    private CompletableFuture<Void> connectorUp = CompletableFuture.completedFuture(null);
    private int snapshots;

    /** @param workers by whether they deliver exactly once */
    RandomRun(long seed, int operations, String kafka, Function<Boolean, ConnectProcess> workers) throws SQLException {
        this.prefix = "soak" + seed + "n" + System.nanoTime() % 1_000_000;
        this.operations = operations;
        this.kafka = kafka;
        random = new Random(seed);
        exactlyOnce = seed % 3 != 0;
        withHistory = seed % 3 == 1;
        withSchemas = seed % 4 != 2;
        workload = new Workload(random, withHistory, withSchemas, databases);
        startSink();
        worker = workers.apply(exactlyOnce);
        connector = TestConnector.deploy(
                worker,
                databases.source,
                prefix,
                workload.captured(),
                new TreeMap<>(Map.of(
                        // How long a killed worker's last transaction keeps its successor waiting.
                        "producer.override.transaction.timeout.ms",
                        "3000",
                        "exactly.once.support",
                        exactlyOnce ? "required" : "requested",
                        "key.converter.schemas.enable",
                        Boolean.toString(withSchemas),
                        "value.converter.schemas.enable",
                        Boolean.toString(withSchemas),
                        "topic.creation.default.partitions",
                        Integer.toString(1 + 2 * random.nextInt(3)))));
    }

    void run() throws SQLException {
        var troubles = troubles();
        for (var done = 0; done < operations; done++) {
            workload.step();
            var trouble = troubles.get(done);
            if (trouble != null) {
                cause(trouble);
            }
        }
        workload.end();
        connectorUp.join();
        databases.awaitEqual(workload.tables(), this::assertWhatMustHold);
        workload.writeTheLast();
        databases.awaitEqual(workload.tables(), this::assertWhatMustHold);
        assertThat(databases.parked()).isZero();
    }

    /** By the number of operations before it. */
    private Map<Integer, Trouble> troubles() {
        var troubles = new TreeMap<Integer, Trouble>();
        var possible = new ArrayList<>(List.of(Trouble.values()));
        possible.removeIf(trouble -> withHistory && trouble.needsKeys());
        for (var i = 3 + random.nextInt(4); i > 0; i--) {
            troubles.put(random.nextInt(operations), possible.get(random.nextInt(possible.size())));
        }
        troubles.putIfAbsent(operations / 2, Trouble.CONNECTOR_KILLED);
        return troubles;
    }

    private void cause(Trouble trouble) throws SQLException {
        happened.merge(trouble, 1, Integer::sum);
        // Not to wait for anything: so that what follows meets the pipeline at any point of its work.
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(400)));
        switch (trouble) {
            case CONNECTOR_KILLED -> {
                connectorUp.join();
                worker.kill();
                connectorUp = CompletableFuture.runAsync(worker::startAgain).thenRun(connector::awaitRunningAgain);
            }
            case SINK_KILLED -> {
                sinks.remove(random.nextInt(sinks.size())).kill();
                if (sinks.isEmpty()) {
                    startSink();
                }
            }
            case ANOTHER_SINK -> startSink();
            case COLUMN_ADDED -> workload.addColumn();
            case TABLE_TRUNCATED -> workload.truncate();
            case READ_AGAIN_WHILE_RUNNING -> rewind();
            case READ_AGAIN_WHILE_STOPPED -> {
                sinks.forEach(SinkProcess::kill);
                sinks.clear();
                rewind();
                startSink();
            }
            case SNAPSHOT_AGAIN -> {
                connectorUp.join();
                connector.snapshotAgain(() -> {
                    try {
                        for (var i = 0; i < 60; i++) {
                            workload.step();
                        }
                    } catch (SQLException e) {
                        throw new IllegalStateException(e);
                    }
                });
            }
        }
    }

    /** One partition or all, to the beginning or somewhere before. */
    private void rewind() {
        var share = random.nextBoolean() ? 0 : random.nextDouble();
        var which = random.nextBoolean() ? "true" : "partition = 0";
        databases.sink.execute("DO $$ BEGIN IF to_regclass('_cdc.offsets') IS NOT NULL THEN UPDATE _cdc.offsets SET"
                + " next_offset = floor(next_offset * " + share + ") WHERE " + which + "; END IF; END $$");
    }

    private void startSink() {
        sinks.add(SinkProcess.start(databases.sink, kafka, prefix));
    }

    private void assertWhatMustHold() {
        connector.restartFailed();
        sinks.forEach(sink -> assertThat(sink.isAlive()).as("%s lives", sink).isTrue());
    }

    /** For whoever has to find out why a run did not end well. */
    String diagnosis() {
        var text = new StringBuilder();
        databases
                .sink
                .query("SELECT topic, partition, next_offset, duplicates, updated_at FROM _cdc.offsets ORDER BY 1, 2")
                .forEach(row -> text.append(row).append('\n'));
        var partitions = databases.sink.query("SELECT topic, partition FROM _cdc.offsets").stream()
                .map(row -> new TopicPartition((String) row.get("topic"), (Integer) row.get("partition")))
                .toList();
        try (var admin = Admin.create(Map.of("bootstrap.servers", kafka))) {
            for (var level : IsolationLevel.values()) {
                var wanted = new HashMap<TopicPartition, OffsetSpec>();
                partitions.forEach(partition -> wanted.put(partition, OffsetSpec.latest()));
                var ends = new TreeMap<String, Long>();
                admin.listOffsets(wanted, new ListOffsetsOptions(level))
                        .all()
                        .get()
                        .forEach((partition, end) -> ends.put(partition.toString(), end.offset()));
                text.append(level).append(": ").append(ends).append('\n');
            }
            text.append("What Kafka has is in ").append(writeEvents(partitions)).append('\n');
        } catch (Exception e) {
            text.append(e).append('\n');
        }
        databases
                .source
                .query("SELECT slot_name, active, confirmed_flush_lsn, pg_current_wal_lsn() FROM pg_replication_slots")
                .forEach(row -> text.append(row).append('\n'));
        var log = connector.log();
        return text.append(sinks)
                .append('\n')
                .append(connector.state())
                .append('\n')
                .append(log, Math.max(0, log.length() - 6000), log.length())
                .toString();
    }

    /** Each committed record on a line: partition, offset, when it was appended, payload. */
    private Path writeEvents(Collection<TopicPartition> partitions) throws IOException {
        var file = Path.of("target", "proof", prefix + ".events").toAbsolutePath();
        var json = new ObjectMapper();
        var settings = Map.<String, Object>of("bootstrap.servers", kafka, "isolation.level", "read_committed");
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
                var writer = Files.newBufferedWriter(file)) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                for (var record : consumer.poll(Duration.ofMillis(200))) {
                    var event = record.value() == null ? null : json.readTree(record.value());
                    writer.write("%s-%d@%d %s %s%n"
                            .formatted(
                                    record.topic(),
                                    record.partition(),
                                    record.offset(),
                                    Instant.ofEpochMilli(record.timestamp()),
                                    event == null || !event.has("payload") ? event : event.get("payload")));
                }
            }
        }
        return file;
    }

    @Override
    public String toString() {
        return "%d operations, exactly once %s, %s schemas, %s, %d duplicates absorbed"
                .formatted(
                        operations,
                        exactlyOnce ? "on" : "off",
                        withSchemas ? "with" : "without",
                        happened,
                        databases.absorbed());
    }

    @Override
    public void close() throws Exception {
        sinks.forEach(SinkProcess::close);
        workload.close();
        connectorUp.exceptionally(failed -> null).join();
        connector.close();
        databases.close();
        try (var admin = Admin.create(Map.of("bootstrap.servers", kafka))) {
            var topics = admin.listTopics().names().get().stream()
                    .filter(topic -> topic.startsWith(prefix + "."))
                    .toList();
            admin.deleteTopics(topics).all().get();
        }
    }
}
