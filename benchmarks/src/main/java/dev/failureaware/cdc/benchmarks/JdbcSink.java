package dev.failureaware.cdc.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.failureaware.cdc.stack.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Debezium's JDBC sink on a Connect worker of its own, which is started anew for each drain like our sink. */
final class JdbcSink implements Contestant {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    /** What {@code connect-distributed.sh} gives a worker. */
    private static final List<String> JVM_OPTIONS = List.of(
            "-Xms256M",
            "-Xmx2G",
            "-server",
            "-XX:+UseG1GC",
            "-XX:MaxGCPauseMillis=20",
            "-XX:InitiatingHeapOccupancyPercent=35",
            "-XX:+ExplicitGCInvokesConcurrent",
            "-Djava.awt.headless=true");

    private static final Map<String, String> LARGER_POLLS = Map.of(
            "consumer.override.max.poll.records", "10000",
            "consumer.override.fetch.min.bytes", "1048576",
            "consumer.override.fetch.max.bytes", "104857600",
            "consumer.override.max.partition.fetch.bytes", "20971520");

    private final TestBed bed;
    private final Path plugins;
    private final String label;
    private final Map<String, String> tuning;
    private int starts;

    private JdbcSink(TestBed bed, Path plugins, String label, Map<String, String> tuning) {
        this.bed = bed;
        this.plugins = plugins;
        this.label = label;
        this.tuning = tuning;
    }

    /** Only what it needs to write the same rows. */
    static JdbcSink byDefault(TestBed bed, Path plugins) {
        return new JdbcSink(bed, plugins, "jdbc_default", Map.of());
    }

    static JdbcSink tuned(TestBed bed, Path plugins) {
        var tuning = new LinkedHashMap<>(LARGER_POLLS);
        tuning.put("batch.size", "2000");
        tuning.put("use.reduction.buffer", "true");
        return new JdbcSink(bed, plugins, "jdbc_tuned", tuning);
    }

    /** The same with set-based statements, an option for PostgreSQL that is off by default. */
    static JdbcSink unnest(TestBed bed, Path plugins) {
        var tuning = new LinkedHashMap<>(tuned(bed, plugins).tuning);
        tuning.put("dialect.postgres.unnest.insert.enabled", "true");
        return new JdbcSink(bed, plugins, "jdbc_unnest", tuning);
    }

    @Override
    public String label() {
        return label;
    }

    @Override
    public Optional<String> absence(Topic topic) {
        if (!Files.isDirectory(plugins.resolve("debezium-jdbc"))) {
            return Optional.of("its plugin folder is missing; `make bench-sink` downloads it");
        }
        return topic.schemaFull() ? Optional.empty() : Optional.of("it cannot read JSON without schema");
    }

    @Override
    public boolean createsTable() {
        return false;
    }

    @Override
    public Map<String, Object> settings() {
        var settings = new LinkedHashMap<String, Object>(general());
        settings.putAll(new java.util.TreeMap<>(tuning));
        settings.put("jvm", String.join(" ", JVM_OPTIONS));
        return settings;
    }

    private Map<String, String> general() {
        var settings = new LinkedHashMap<String, String>();
        settings.put("connector.class", "io.debezium.connector.jdbc.JdbcSinkConnector");
        settings.put("tasks.max", "1");
        settings.put("insert.mode", "upsert");
        settings.put("primary.key.mode", "record_key");
        settings.put("schema.evolution", "none");
        return settings;
    }

    @Override
    public Draining start(Topic topic) throws IOException, InterruptedException {
        var settings = new ObjectMapper().createObjectNode();
        general().forEach(settings::put);
        settings.put("topics", topic.name());
        settings.put("collection.name.format", topic.table().qualified());
        settings.put("delete.enabled", Boolean.toString(topic.order().deletes()));
        settings.put("connection.url", bed.jdbcUrl(TestBed.SINK));
        settings.put("connection.username", TestBed.SINK_ROLE);
        settings.put("connection.password", bed.workbench.passwordReference());
        for (var converter : List.of("key.converter", "value.converter")) {
            settings.put(converter, "org.apache.kafka.connect.json.JsonConverter");
            settings.put(converter + ".schemas.enable", "true");
        }
        tuning.forEach(settings::put);
        starts++;
        // The consumer group is named after the connector, and must begin anew.
        var name = label.replace('_', '-') + "-" + starts;
        var worker = bed.workbench.connect(
                "worker-" + name,
                bed.kafka,
                plugins,
                JVM_OPTIONS,
                // Kafka's default, which the stack's worker changes.
                Map.of("offset.flush.interval.ms", "60000"));
        return new Process(worker, name, settings);
    }

    private static final class Process implements Draining {
        private final Running worker;
        private final String name;
        private final ObjectNode settings;

        Process(Running worker, String name, ObjectNode settings) {
            this.worker = worker;
            this.name = name;
            this.settings = settings;
        }

        @Override
        public void ready() throws IOException, InterruptedException {
            worker.awaitReady(PATIENCE);
            worker.connector(name).deploy(settings, PATIENCE);
        }

        @Override
        public Optional<String> failure() {
            if (!worker.isAlive()) {
                return Optional.of("the Connect worker ended" + worker.logTail());
            }
            try {
                var status = worker.connector(name).status();
                return status.failed()
                        ? Optional.of("the JDBC sink failed: " + status.text() + status.trace())
                        : Optional.empty();
            } catch (IOException e) {
                return Optional.empty(); // Busy with a rebalance; asked again soon.
            }
        }

        @Override
        public OptionalLong peakResidentBytes() {
            return worker.peakResidentBytes();
        }

        @Override
        public void close() {
            worker.stop();
        }
    }
}
