package dev.failureaware.cdc.stack;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** One Connect worker in distributed mode. */
final class ConnectWorker {
    private static final int HEAP_MEGABYTES = 256;

    private final Layout layout;
    private final Ports ports;
    private final Secrets secrets;
    private final Map<String, String> changed;

    ConnectWorker(Layout layout, Ports ports, Secrets secrets) {
        this(layout, ports, secrets, Map.of());
    }

    /** @param changed settings in place of the stack's, or beside them */
    ConnectWorker(Layout layout, Ports ports, Secrets secrets, Map<String, String> changed) {
        this.layout = layout;
        this.ports = ports;
        this.secrets = secrets;
        this.changed = Map.copyOf(changed);
    }

    void initialise() throws IOException {
        var settings = new Properties();
        settings.putAll(Map.of(
                "bootstrap.servers", ports.address(Port.KAFKA),
                "group.id", "cdc-connect",
                "config.storage.topic", "cdc-connect-configs",
                "offset.storage.topic", "cdc-connect-offsets",
                "status.storage.topic", "cdc-connect-status",
                "config.storage.replication.factor", "1",
                "offset.storage.replication.factor", "1",
                "status.storage.replication.factor", "1",
                "offset.storage.partitions", "1",
                "status.storage.partitions", "1"));
        settings.putAll(Map.of(
                "listeners", ports.url(Port.CONNECT),
                "plugin.path", layout.connectorPlugins().toString(),
                // Scanning class files instead took 22 s and 900 MB.
                "plugin.discovery", "service_load",
                "key.converter", "org.apache.kafka.connect.json.JsonConverter",
                "value.converter", "org.apache.kafka.connect.json.JsonConverter",
                "key.converter.schemas.enable", "true",
                "value.converter.schemas.enable", "true",
                "exactly.once.source.support", "enabled",
                "offset.flush.interval.ms", "1000",
                // A worker that comes back gets its tasks at once instead of after five minutes.
                "scheduled.rebalance.max.delay.ms", "0"));
        settings.putAll(Map.of(
                "config.providers", "dir",
                "config.providers.dir.class", "org.apache.kafka.common.config.provider.DirectoryConfigProvider",
                "config.providers.dir.param.allowed.paths",
                        secrets.connectFolder().toString()));
        settings.putAll(changed);
        KafkaJvm.write(layout, "connect.properties", settings);
    }

    ProcessSpec spec() {
        return spec(Jvm.options(layout, HEAP_MEGABYTES));
    }

    ProcessSpec spec(List<String> jvmOptions) {
        return new ProcessSpec(
                Part.CONNECT,
                KafkaJvm.command(
                        layout,
                        jvmOptions,
                        "org.apache.kafka.connect.cli.ConnectDistributed",
                        List.of(layout.config().resolve("connect.properties").toString())),
                Map.of(),
                "TERM",
                Duration.ofSeconds(20),
                ProcessSpec.Preparation.NONE,
                () -> Http.answers(ports.url(Port.CONNECT) + "/connectors"));
    }
}
