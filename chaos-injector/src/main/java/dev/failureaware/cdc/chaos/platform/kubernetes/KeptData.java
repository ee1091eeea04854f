package dev.failureaware.cdc.chaos.platform.kubernetes;

import dev.failureaware.cdc.chaos.platform.CallFailedException;
import dev.failureaware.cdc.chaos.platform.Time;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The data of a ConfigMap that is there already, so that rights on this one name are enough. A change is made on the version
 * that was read, or not at all, and then tried on the next one.
 */
final class KeptData {
    private final Cluster cluster;
    private final String name;
    private final Time time;
    private final Duration limit;

    /** @param limit of all tries of one call, while the API server does not answer or others change the ConfigMap */
    KeptData(Cluster cluster, String name, Time time, Duration limit) {
        this.cluster = cluster;
        this.name = name;
        this.time = time;
        this.limit = limit;
    }

    static List<Right> rights(String name) {
        return Right.of("", "configmaps", name, "get", "update").toList();
    }

    Map<String, String> read() throws CallFailedException, InterruptedException {
        return time.await("ConfigMap " + name, limit, () -> Optional.of(data(configMap())));
    }

    void change(UnaryOperator<Map<String, String>> change) throws CallFailedException, InterruptedException {
        time.await("update of ConfigMap " + name, limit, () -> {
            var found = configMap();
            var data = change.apply(new HashMap<>(data(found)));
            if (data.equals(data(found))) {
                return Optional.of(found);
            }
            var next = new ConfigMapBuilder(found).withData(data).build();
            return Optional.of(cluster.change(
                    "update configmaps " + name, client -> client.resource(next).update()));
        });
    }

    private ConfigMap configMap() throws CallFailedException, InterruptedException {
        var found = cluster.ask(
                "get configmaps " + name,
                client -> client.configMaps()
                        .inNamespace(cluster.namespace())
                        .withName(name)
                        .get());
        if (found == null) {
            throw CallFailedException.forGood(
                    "there is no ConfigMap %s in namespace %s; the chart makes it without data"
                            .formatted(name, cluster.namespace()));
        }
        return found;
    }

    private static Map<String, String> data(ConfigMap found) {
        return found.getData() == null ? Map.of() : found.getData();
    }
}
