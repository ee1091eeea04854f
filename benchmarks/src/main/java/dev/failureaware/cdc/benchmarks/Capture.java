package dev.failureaware.cdc.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.failureaware.cdc.stack.Running;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * Debezium's PostgreSQL connector with this project's settings, on a Connect worker of its own. Ends the worker when closed; the
 * topics stay.
 */
final class Capture implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration POLL = Duration.ofMillis(50);

    /** Larger batches than the defaults: they only decide how soon the topics are full. */
    static final Map<String, String> FILLING = Map.of(
            "max.batch.size", "8192",
            "max.queue.size", "65536",
            "poll.interval.ms", "20",
            "producer.override.linger.ms", "5",
            "producer.override.batch.size", "524288",
            "producer.override.compression.type", "lz4");

    private final TestBed bed;
    private final Running worker;

    Capture(TestBed bed) throws IOException, InterruptedException {
        this.bed = bed;
        this.worker = bed.workbench.connect(
                "connect-source",
                bed.kafka,
                bed.workbench.connectorPlugins(),
                List.of("-Xmx1g", "-Xms256m", "-XX:+UseParallelGC"),
                Map.of());
        worker.awaitReady(PATIENCE);
    }

    /** The table is made, changed as the workload says and captured. */
    Topic capture(
            Workload workload,
            Table table,
            String prefix,
            int partitions,
            long events,
            Consumer<TopicReader.Event> each,
            LongConsumer progress)
            throws IOException, InterruptedException, SQLException {
        return capture(workload, table, prefix, partitions, events, true, Map.of(), each, progress);
    }

    /** The same with settings for the connector, which may leave out the schema part. */
    Topic capture(
            Workload workload,
            Table table,
            String prefix,
            int partitions,
            long events,
            boolean schemaFull,
            Map<String, String> connectorSettings,
            Consumer<TopicReader.Event> each,
            LongConsumer progress)
            throws IOException, InterruptedException, SQLException {
        var settings = new LinkedHashMap<>(FILLING);
        settings.putAll(connectorSettings);
        begin(table, prefix, partitions, settings, Map.of());
        var changes = CompletableFuture.runAsync(() -> {
            try (var source = bed.connect(TestBed.SOURCE)) {
                workload.run(source, table, events);
            } catch (SQLException e) {
                throw new CompletionException(e);
            }
        });
        changes.exceptionally(failure -> null);
        try {
            var topic = new TopicReader(bed.kafka.address())
                    .read(prefix, table, partitions, schemaFull, events, each, read -> {
                        if (changes.isCompletedExceptionally()) {
                            changes.join();
                        }
                        progress.accept(read);
                    });
            changes.join();
            return topic;
        } catch (CompletionException e) {
            throw new BenchmarkException(
                    "the changes of " + workload.label() + ": " + e.getCause().getMessage(), e);
        } finally {
            end(table, prefix);
        }
    }

    /** Makes the table and its topic, and captures it from now on. */
    void begin(
            Table table,
            String prefix,
            int partitions,
            Map<String, String> connectorSettings,
            Map<String, String> topicSettings)
            throws IOException, InterruptedException, SQLException {
        bed.execute(TestBed.SOURCE, table.ddl());
        bed.execute(TestBed.SOURCE, "CREATE PUBLICATION " + publication(table) + " FOR TABLE " + table.qualified());
        bed.createTopic(Topic.name(prefix, table), partitions, topicSettings);
        worker.connector(prefix).deploy(settings(table, prefix, connectorSettings), PATIENCE);
        var deadline = Instant.now().plus(PATIENCE);
        while (!"t"
                .equals(bed.value(
                        TestBed.SOURCE,
                        "SELECT active FROM pg_replication_slots WHERE slot_name = '" + slot(table) + "'"))) {
            if (Instant.now().isAfter(deadline)) {
                throw new BenchmarkException("the connector did not begin to stream" + worker.logTail());
            }
            Thread.sleep(POLL.toMillis());
        }
    }

    /** Ends the capture of a table; what was captured stays. */
    void end(Table table, String prefix) throws IOException, InterruptedException, SQLException {
        worker.connector(prefix).delete();
        var deadline = Instant.now().plus(PATIENCE);
        while ("t"
                .equals(bed.value(
                        TestBed.SOURCE,
                        "SELECT active FROM pg_replication_slots WHERE slot_name = '" + slot(table) + "'"))) {
            if (Instant.now().isAfter(deadline)) {
                throw new BenchmarkException("the connector did not end" + worker.logTail());
            }
            Thread.sleep(POLL.toMillis());
        }
        bed.execute(TestBed.SOURCE, "SELECT pg_drop_replication_slot('" + slot(table) + "')");
    }

    private static String slot(Table table) {
        return "bench_" + table.name();
    }

    private static String publication(Table table) {
        return "bench_" + table.name();
    }

    /** The project's, without what belongs to its tables, and with these. */
    private ObjectNode settings(Table table, String prefix, Map<String, String> changed) throws IOException {
        var settings = (ObjectNode)
                new ObjectMapper().readTree(bed.workbench.connectorSettings().toFile());
        settings.remove(List.of("heartbeat.interval.ms", "heartbeat.action.query"));
        var own = new LinkedHashMap<>(Map.of(
                "database.hostname",
                "127.0.0.1",
                "database.port",
                Integer.toString(bed.postgres.port()),
                "database.dbname",
                TestBed.SOURCE,
                "database.user",
                "postgres",
                "database.password",
                bed.workbench.passwordReference(),
                "topic.prefix",
                prefix,
                "table.include.list",
                table.qualified(),
                "publication.name",
                publication(table),
                "slot.name",
                slot(table),
                "snapshot.mode",
                "no_data"));
        own.putAll(changed);
        own.forEach(settings::put);
        return settings;
    }

    @Override
    public void close() {
        worker.stop();
    }
}
