package dev.failureaware.cdc.chaos.platform.kubernetes;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.failureaware.cdc.chaos.platform.Audit;
import dev.failureaware.cdc.chaos.platform.CallFailedException;
import dev.failureaware.cdc.chaos.platform.Capability;
import dev.failureaware.cdc.chaos.platform.ConnectRest;
import dev.failureaware.cdc.chaos.platform.ConnectorLife;
import dev.failureaware.cdc.chaos.platform.Lifted;
import dev.failureaware.cdc.chaos.platform.Steps;
import dev.failureaware.cdc.chaos.platform.Time;
import dev.failureaware.cdc.chaos.platform.Undo;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The connector through its KafkaConnector: Strimzi would undo what is done behind its back.
 *
 * <p>Its status is old most of the time, so Connect's REST interface says when a state is reached. The annotation that resets
 * the offsets acts on a stopped connector only; on another one it stays and fires at the next stop, whenever that is. So it is
 * set after STOPPED was seen, its removal by Strimzi is the acknowledgement, and whatever goes wrong it does not stay.
 */
final class StrimziConnector implements ConnectorLife {
    static final String OFFSETS = "strimzi.io/connector-offsets";

    private static final String GROUP = "kafka.strimzi.io";
    private static final String PLURAL = "kafkaconnectors";
    private static final String STATE = "state";
    private static final String STOPPED = "stopped";
    private static final String UID = "uid";
    private static final ResourceDefinitionContext CONNECTORS = new ResourceDefinitionContext.Builder()
            .withGroup(GROUP)
            .withVersion("v1")
            .withKind("KafkaConnector")
            .withPlural(PLURAL)
            .withNamespaced(true)
            .build();

    private final Cluster cluster;
    private final String name;
    private final ConnectRest rest;
    private final Time time;
    private final Duration limit;
    private final Audit audit;

    /**
     * @param name of the KafkaConnector, which is also the connector's in Kafka Connect
     * @param limit of each step
     */
    StrimziConnector(Cluster cluster, String name, ConnectRest rest, Time time, Duration limit, Audit audit) {
        this.cluster = cluster;
        this.name = name;
        this.rest = rest;
        this.time = time;
        this.limit = limit;
        this.audit = audit;
    }

    static List<Right> rights(String name) {
        return Right.of(GROUP, PLURAL, name, "get", "patch").toList();
    }

    @Override
    public Undo undo() throws CallFailedException, InterruptedException {
        var connector = required();
        OptIn.require(connector);
        if (annotation(connector).isPresent()) {
            throw CallFailedException.forGood(
                    "KafkaConnector %s carries the annotation %s: %s, which would fire when it is stopped; remove it first"
                            .formatted(name, OFFSETS, annotation(connector).get()));
        }
        var state = state(connector);
        if (state.isPresent() && !state.get().equals("running")) {
            throw CallFailedException.forGood(
                    "KafkaConnector %s is %s by its spec.state; it has to run before the fault"
                            .formatted(name, state.get()));
        }
        var former = new TreeMap<String, String>();
        former.put(UID, connector.getMetadata().getUid());
        state.ifPresent(value -> former.put(STATE, value));
        return new Undo(Capability.CONNECTOR, former);
    }

    @Override
    public void stop(Undo journalled) throws CallFailedException, InterruptedException {
        time.await("spec.state of KafkaConnector " + name, limit, () -> {
            var connector = required();
            OptIn.require(connector);
            sameAs(journalled, connector);
            if (state(connector).equals(Optional.of(STOPPED))) {
                // By an earlier try whose answer was lost.
                return Optional.of(true);
            }
            if (!state(connector).equals(Optional.ofNullable(journalled.former().get(STATE)))) {
                throw CallFailedException.forGood(
                        "KafkaConnector %s was changed since it was looked at: its state is %s"
                                .formatted(name, state(connector).orElse("not set")));
            }
            var patch = patchOf(connector);
            patch.putObject("spec").put(STATE, STOPPED);
            return Optional.of(patch("stop", connector, patch));
        });
        time.await("connector STOPPED", limit, () -> rest.state().stopped() ? Optional.of(true) : Optional.empty());
    }

    @Override
    public void forgetOffsets(Undo journalled) throws CallFailedException, InterruptedException {
        var acknowledged = false;
        try {
            time.await("annotation " + OFFSETS, limit, () -> {
                var connector = required();
                OptIn.require(connector);
                sameAs(journalled, connector);
                if (!state(connector).equals(Optional.of(STOPPED))) {
                    throw CallFailedException.forGood(
                            "KafkaConnector %s does not stay stopped: somebody else set its state to %s"
                                    .formatted(name, state(connector).orElse("the default")));
                }
                return Optional.of(patch("reset-offsets", connector, withAnnotation(connector, "reset")));
            });
            time.await(
                    "Strimzi's removal of the annotation " + OFFSETS,
                    limit,
                    () -> annotation(required()).isEmpty() ? Optional.of(true) : Optional.empty());
            acknowledged = true;
        } finally {
            if (!acknowledged) {
                removeAnnotation();
            }
        }
    }

    /** Also on the way out of an interrupt; what fails here is done by {@link #lift}. */
    private void removeAnnotation() throws InterruptedException {
        var interrupted = Thread.interrupted();
        try {
            var connector = connector();
            if (connector.isPresent() && annotation(connector.get()).isPresent()) {
                patch("keep-offsets", connector.get(), withAnnotation(connector.get(), null));
            }
        } catch (CallFailedException e) {
            // The audit has it.
            return;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public Lifted lift(Undo undo) throws CallFailedException, InterruptedException {
        var lifted = time.await("spec.state of KafkaConnector " + name, limit, () -> Optional.of(liftOnce(undo)));
        if (lifted.otherwise().isEmpty()) {
            time.await("connector resumed", limit, () -> rest.state().resumed() ? Optional.of(true) : Optional.empty());
        }
        return lifted;
    }

    private Lifted liftOnce(Undo undo) throws CallFailedException, InterruptedException {
        var found = connector();
        if (found.isEmpty()) {
            return Lifted.leftAlone("KafkaConnector %s in namespace %s is gone".formatted(name, cluster.namespace()));
        }
        var connector = found.get();
        var uid = undo.former().getOrDefault(UID, connector.getMetadata().getUid());
        if (!uid.equals(connector.getMetadata().getUid())) {
            return Lifted.leftAlone("KafkaConnector %s is another one than before the fault".formatted(name));
        }
        var former = Optional.ofNullable(undo.former().get(STATE));
        var now = state(connector);
        var ours = now.equals(Optional.of(STOPPED));
        if (ours || annotation(connector).isPresent()) {
            OptIn.require(connector);
            var patch = withAnnotation(connector, null);
            if (ours) {
                // A null takes the field away.
                patch.putObject("spec").put(STATE, former.orElse(null));
            }
            patch("resume", connector, patch);
        }
        return ours || now.equals(former)
                ? Lifted.asItWas()
                : Lifted.leftAlone("the state of KafkaConnector %s was changed to %s during the fault by somebody else"
                        .formatted(name, now.orElse("the default")));
    }

    @Override
    public Steps steps() throws CallFailedException, InterruptedException {
        var state = undo().former().get(STATE);
        return new Steps(
                List.of(
                        "set spec.state of KafkaConnector %s to %s and wait for STOPPED".formatted(name, STOPPED),
                        "annotate KafkaConnector %s with %s: reset and wait until Strimzi removes it"
                                .formatted(name, OFFSETS)),
                List.of(
                        state == null
                                ? "remove spec.state of KafkaConnector %s, if it still is %s".formatted(name, STOPPED)
                                : "set spec.state of KafkaConnector %s to %s, if it still is %s"
                                        .formatted(name, state, STOPPED),
                        "remove the annotation " + OFFSETS + ", if it is left"),
                Stream.concat(
                                rights(name).stream().map(Right::toString),
                                Stream.of(OptIn.need("KafkaConnector " + name)))
                        .toList());
    }

    private void sameAs(Undo journalled, GenericKubernetesResource connector) throws CallFailedException {
        if (!connector.getMetadata().getUid().equals(journalled.former().get(UID))) {
            throw CallFailedException.forGood(
                    "KafkaConnector %s has been replaced since it was looked at".formatted(name));
        }
    }

    private static ObjectNode withAnnotation(GenericKubernetesResource connector, String value) {
        var patch = patchOf(connector);
        ((ObjectNode) patch.get("metadata")).putObject("annotations").put(OFFSETS, value);
        return patch;
    }

    /** Refused by the API server when the object was changed or replaced since it was read. */
    private static ObjectNode patchOf(GenericKubernetesResource connector) {
        var patch = JsonNodeFactory.instance.objectNode();
        patch.putObject("metadata")
                .put("resourceVersion", connector.getMetadata().getResourceVersion())
                .put(UID, connector.getMetadata().getUid());
        return patch;
    }

    private boolean patch(String act, GenericKubernetesResource connector, ObjectNode patch)
            throws CallFailedException, InterruptedException {
        return audit.of(
                        act,
                        OptIn.target(connector),
                        () -> cluster.change(
                                "patch %s %s".formatted(PLURAL, name),
                                client -> client.genericKubernetesResources(CONNECTORS)
                                        .inNamespace(cluster.namespace())
                                        .withName(name)
                                        .patch(PatchContext.of(PatchType.JSON_MERGE), patch.toString())))
                != null;
    }

    private GenericKubernetesResource required() throws CallFailedException, InterruptedException {
        return connector()
                .orElseThrow(() -> CallFailedException.forGood(
                        "there is no KafkaConnector %s in namespace %s".formatted(name, cluster.namespace())));
    }

    private Optional<GenericKubernetesResource> connector() throws CallFailedException, InterruptedException {
        return Optional.ofNullable(cluster.ask(
                "get %s %s".formatted(PLURAL, name),
                client -> client.genericKubernetesResources(CONNECTORS)
                        .inNamespace(cluster.namespace())
                        .withName(name)
                        .get()));
    }

    private static Optional<String> state(GenericKubernetesResource connector) {
        return connector.getAdditionalProperties().get("spec") instanceof Map<?, ?> spec
                        && spec.get(STATE) instanceof String state
                ? Optional.of(state)
                : Optional.empty();
    }

    private static Optional<String> annotation(GenericKubernetesResource connector) {
        return Optional.ofNullable(connector.getMetadata().getAnnotations())
                .map(annotations -> annotations.get(OFFSETS));
    }
}
