package dev.failureaware.cdc.chaos.platform.kubernetes;

import dev.failureaware.cdc.chaos.platform.Audit;
import dev.failureaware.cdc.chaos.platform.CallFailedException;
import dev.failureaware.cdc.chaos.platform.Capability;
import dev.failureaware.cdc.chaos.platform.Lifted;
import dev.failureaware.cdc.chaos.platform.SinkConsumer;
import dev.failureaware.cdc.chaos.platform.Steps;
import dev.failureaware.cdc.chaos.platform.Time;
import dev.failureaware.cdc.chaos.platform.Undo;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The sink-consumer as a Deployment that is scaled to zero and back, through the subresource {@code scale} alone.
 *
 * <p>Each change names the resourceVersion that was looked at, so it is never made on a Deployment that somebody changed since.
 * Only a Deployment that still is at zero gets its replicas back: any other number is somebody else's will.
 */
final class ScaledSinkConsumer implements SinkConsumer {
    private static final String REPLICAS = "replicas";
    private static final String UID = "uid";
    private static final ResourceDefinitionContext DEPLOYMENTS = new ResourceDefinitionContext.Builder()
            .withGroup("apps")
            .withVersion("v1")
            .withKind("Deployment")
            .withPlural("deployments")
            .withNamespaced(true)
            .build();

    private final Cluster cluster;
    private final String name;
    private final Time time;
    private final Duration limit;
    private final Audit audit;

    /**
     * @param name of the Deployment
     * @param limit until its pods are gone, and until it can be scaled while the API server does not answer
     */
    ScaledSinkConsumer(Cluster cluster, String name, Time time, Duration limit, Audit audit) {
        this.cluster = cluster;
        this.name = name;
        this.time = time;
        this.limit = limit;
        this.audit = audit;
    }

    static List<Right> rights(String name) {
        return Stream.of(
                        Right.of("apps", "deployments", name, "get"),
                        Right.of("apps", "deployments/scale", name, "patch"),
                        Right.of("", "pods", "", "list"))
                .flatMap(rights -> rights)
                .toList();
    }

    @Override
    public State state() throws CallFailedException, InterruptedException {
        var deployment = required();
        var wanted = replicas(deployment);
        var ready = deployment.getStatus() == null || deployment.getStatus().getReadyReplicas() == null
                ? 0
                : deployment.getStatus().getReadyReplicas();
        var identity = new LinkedHashMap<String, Object>();
        identity.put("deployment", name);
        identity.put(REPLICAS, wanted);
        var away = wanted == 0 && noPodIsLeft(deployment);
        return new State(
                wanted > 0 && ready >= wanted, away, "%d of %d replicas ready".formatted(ready, wanted), identity);
    }

    @Override
    public Undo undo() throws CallFailedException, InterruptedException {
        var deployment = required();
        OptIn.require(deployment);
        return new Undo(
                Capability.SINK_CONSUMER,
                Map.of(
                        REPLICAS, Integer.toString(replicas(deployment)),
                        UID, deployment.getMetadata().getUid()));
    }

    @Override
    public void takeAway(Undo journalled) throws CallFailedException, InterruptedException {
        time.await("scale Deployment %s to 0".formatted(name), limit, () -> {
            var deployment = required();
            if (replicas(deployment) == 0) {
                return Optional.of(deployment);
            }
            OptIn.require(deployment);
            var now = new Undo(
                    Capability.SINK_CONSUMER,
                    Map.of(
                            REPLICAS, Integer.toString(replicas(deployment)),
                            UID, deployment.getMetadata().getUid()));
            if (!now.equals(journalled)) {
                throw CallFailedException.forGood(
                        "Deployment %s was changed since it was looked at: %s, before %s; somebody else scales it"
                                .formatted(name, now, journalled));
            }
            scale(deployment, 0);
            return Optional.of(deployment);
        });
        time.await("no pod of Deployment " + name, limit, () -> {
            var deployment = required();
            if (replicas(deployment) != 0) {
                throw CallFailedException.forGood(
                        "Deployment %s was scaled to %d by somebody else".formatted(name, replicas(deployment)));
            }
            return noPodIsLeft(deployment) ? Optional.of(true) : Optional.empty();
        });
    }

    @Override
    public Lifted lift(Undo undo) throws CallFailedException, InterruptedException {
        return time.await("replicas of Deployment " + name, limit, () -> Optional.of(liftOnce(undo)));
    }

    private Lifted liftOnce(Undo undo) throws CallFailedException, InterruptedException {
        var found = deployment();
        if (found.isEmpty()) {
            return Lifted.leftAlone("Deployment %s in namespace %s is gone".formatted(name, cluster.namespace()));
        }
        var deployment = found.get();
        var uid = undo.former().getOrDefault(UID, deployment.getMetadata().getUid());
        if (!uid.equals(deployment.getMetadata().getUid())) {
            return Lifted.leftAlone("Deployment %s is another one than before the fault".formatted(name));
        }
        // A damaged journal does not say how many there were; one is enough to make the pipeline whole.
        var former = Integer.parseInt(undo.former().getOrDefault(REPLICAS, "1"));
        var now = replicas(deployment);
        if (now == former) {
            return Lifted.asItWas();
        }
        if (now != 0) {
            return Lifted.leftAlone(
                    "Deployment %s was scaled to %d during the fault by somebody else; it had %d and is left as it is"
                            .formatted(name, now, former));
        }
        OptIn.require(deployment);
        scale(deployment, former);
        return Lifted.asItWas();
    }

    /** The client's own scale() would read and replace the subresource without a look at the version. */
    private void scale(Deployment deployment, int replicas) throws CallFailedException, InterruptedException {
        var patch = "{\"metadata\":{\"resourceVersion\":\"%s\"},\"spec\":{\"replicas\":%d}}"
                .formatted(deployment.getMetadata().getResourceVersion(), replicas);
        audit.of(
                "scale to " + replicas,
                OptIn.target(deployment),
                () -> cluster.change(
                        "patch deployments/scale " + name,
                        client -> client.genericKubernetesResources(DEPLOYMENTS)
                                .inNamespace(cluster.namespace())
                                .withName(name)
                                .subresource("scale")
                                .patch(PatchContext.of(PatchType.JSON_MERGE), patch)));
    }

    @Override
    public Steps steps() throws CallFailedException, InterruptedException {
        var former = undo().former().get(REPLICAS);
        return new Steps(
                List.of(
                        "scale Deployment %s from %s to 0 replicas".formatted(name, former),
                        "wait until none of its pods is left"),
                List.of("scale Deployment %s to %s replicas, if it still is at 0".formatted(name, former)),
                Stream.concat(rights(name).stream().map(Right::toString), Stream.of(OptIn.need("Deployment " + name)))
                        .toList());
    }

    private Deployment required() throws CallFailedException, InterruptedException {
        return deployment()
                .orElseThrow(() -> CallFailedException.forGood(
                        "there is no Deployment %s in namespace %s".formatted(name, cluster.namespace())));
    }

    private Optional<Deployment> deployment() throws CallFailedException, InterruptedException {
        return Optional.ofNullable(cluster.ask(
                "get deployments " + name,
                client -> client.apps()
                        .deployments()
                        .inNamespace(cluster.namespace())
                        .withName(name)
                        .get()));
    }

    private boolean noPodIsLeft(Deployment deployment) throws CallFailedException, InterruptedException {
        var labels = deployment.getSpec().getSelector().getMatchLabels();
        return cluster.ask(
                        "list pods of Deployment " + name,
                        client -> client.pods()
                                .inNamespace(cluster.namespace())
                                .withLabels(labels)
                                .list()
                                .getItems())
                .isEmpty();
    }

    private static int replicas(Deployment deployment) {
        var replicas = deployment.getSpec().getReplicas();
        return replicas == null ? 1 : replicas;
    }
}
