package dev.failureaware.cdc.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.Uuid;

/** One broker that is its own controller (KRaft). */
final class KafkaBroker {
    /** 256 MB of heap carries the default load with room; 128 MB dies of OutOfMemory at the start. */
    private static final int HEAP_MEGABYTES = 256;

    /** Backlog that a stopped sink may build up before records are lost. */
    private static final Duration RETENTION = Duration.ofHours(24);

    private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(10);

    private final Layout layout;
    private final Ports ports;
    private final int heapMegabytes;
    private final Map<String, String> changed;

    KafkaBroker(Layout layout, Ports ports) {
        this(layout, ports, HEAP_MEGABYTES);
    }

    KafkaBroker(Layout layout, Ports ports, int heapMegabytes) {
        this(layout, ports, heapMegabytes, Map.of());
    }

    /** @param changed settings in place of the stack's, or beside them */
    KafkaBroker(Layout layout, Ports ports, int heapMegabytes, Map<String, String> changed) {
        this.layout = layout;
        this.ports = ports;
        this.heapMegabytes = heapMegabytes;
        this.changed = Map.copyOf(changed);
    }

    /** Formats the data folder unless there is one. A folder of that name is always complete. */
    void initialise(Launcher launcher) throws IOException, InterruptedException {
        var data = layout.data(Part.KAFKA);
        writeConfiguration(data, "kafka.properties");
        if (Files.isDirectory(data)) {
            return;
        }
        var partial = data.resolveSibling("kafka.partial");
        Folders.delete(partial);
        var configuration = writeConfiguration(partial, "kafka-format.properties");
        launcher.run(
                "formatting Kafka's data folder",
                // In one argument: an id may begin with a dash.
                java(
                        "kafka.tools.StorageTool",
                        "format",
                        "--cluster-id=" + clusterId(),
                        "-c",
                        configuration.toString()),
                Map.of(),
                layout.log(Part.KAFKA));
        Files.move(partial, data);
    }

    ProcessSpec spec() {
        return new ProcessSpec(
                Part.KAFKA,
                java(
                        "dev.failureaware.cdc.kafka.KafkaNode",
                        layout.config().resolve("kafka.properties").toString()),
                Map.of(),
                "TERM",
                Duration.ofSeconds(30),
                ProcessSpec.Preparation.NONE,
                () -> answers(ports.address(Port.KAFKA)));
    }

    static boolean answers(String address) {
        if (!Tcp.listens(address)) {
            return false;
        }
        var timeout = Long.toString(PROBE_TIMEOUT.toMillis());
        try (var admin = Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, address,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, timeout,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, timeout))) {
            return !admin.describeCluster()
                    .nodes()
                    .get(PROBE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                    .isEmpty();
        } catch (ExecutionException | TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private List<String> java(String mainClass, String... arguments) {
        return KafkaJvm.command(layout, heapMegabytes, mainClass, List.of(arguments));
    }

    private static String clusterId() {
        var random = UUID.randomUUID();
        return new Uuid(random.getMostSignificantBits(), random.getLeastSignificantBits()).toString();
    }

    private Path writeConfiguration(Path data, String file) throws IOException {
        var broker = ports.address(Port.KAFKA);
        var controller = ports.address(Port.KAFKA_CONTROLLER);
        var settings = new Properties();
        settings.putAll(Map.of(
                "process.roles",
                "broker,controller",
                "node.id",
                "1",
                "controller.quorum.voters",
                "1@" + controller,
                "controller.listener.names",
                "CONTROLLER",
                "listeners",
                "PLAINTEXT://" + broker + ",CONTROLLER://" + controller,
                "advertised.listeners",
                "PLAINTEXT://" + broker,
                "listener.security.protocol.map",
                "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
                "log.dirs",
                data.toString()));
        settings.putAll(Map.of(
                "default.replication.factor", "1",
                "min.insync.replicas", "1",
                "offsets.topic.replication.factor", "1",
                "offsets.topic.num.partitions", "3",
                "transaction.state.log.replication.factor", "1",
                "transaction.state.log.min.isr", "1",
                "transaction.state.log.num.partitions", "3",
                "share.coordinator.state.topic.replication.factor", "1",
                "share.coordinator.state.topic.min.isr", "1"));
        settings.putAll(Map.of(
                // Connect creates the connector's topics and its own; a mistyped name must not create one.
                "auto.create.topics.enable", "false",
                "num.partitions", "3",
                "log.retention.ms", Long.toString(RETENTION.toMillis()),
                "log.segment.bytes", Integer.toString(64 << 20),
                // The default of 128 MB alone would need a larger heap.
                "log.cleaner.dedupe.buffer.size", Integer.toString(16 << 20),
                "num.network.threads", "2",
                "num.io.threads", "4",
                "group.initial.rebalance.delay.ms", "0"));
        settings.putAll(Map.of(
                // A killed broker's successor may register only when the old session has run out: 9 s by default.
                "broker.session.timeout.ms", "4000", //
                "broker.heartbeat.interval.ms", "500"));
        settings.putAll(changed);
        return KafkaJvm.write(layout, file, settings);
    }
}
