package dev.failureaware.cdc.chaos.platform.kubernetes;

import dev.failureaware.cdc.chaos.platform.Audit;
import dev.failureaware.cdc.chaos.platform.CallFailedException;
import dev.failureaware.cdc.chaos.platform.Capability;
import dev.failureaware.cdc.chaos.platform.ConnectRest;
import dev.failureaware.cdc.chaos.platform.ConnectWorker;
import dev.failureaware.cdc.chaos.platform.Lifted;
import dev.failureaware.cdc.chaos.platform.Steps;
import dev.failureaware.cdc.chaos.platform.Time;
import dev.failureaware.cdc.chaos.platform.Undo;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The Connect worker as a pod that Strimzi makes again by itself. Of several, the one that runs the connector's task.
 *
 * <p>A container that is restarted in its pod is another life too. The pod is deleted with a grace period of one second: zero
 * would only drop the object, while the process may go on for a while.
 */
final class PodWorker implements ConnectWorker {
    private static final long GRACE_SECONDS = 1;
    private static final String POD = "pod";
    private static final String UID = "uid";

    private final Cluster cluster;
    private final String connect;
    private final ConnectRest rest;
    private final Time time;
    private final Duration limit;
    private final Audit audit;

    /**
     * @param connect name of the KafkaConnect
     * @param limit until a pod is there again
     */
    PodWorker(Cluster cluster, String connect, ConnectRest rest, Time time, Duration limit, Audit audit) {
        this.cluster = cluster;
        this.connect = connect;
        this.rest = rest;
        this.time = time;
        this.limit = limit;
        this.audit = audit;
    }

    /** @param pods all that there are when the rights are reviewed */
    static List<Right> rights(List<String> pods) {
        return Stream.concat(
                        Right.of("", "pods", "", "list"),
                        pods.stream().flatMap(pod -> Right.of("", "pods", pod, "delete")))
                .toList();
    }

    @Override
    public Life present() throws CallFailedException, InterruptedException {
        return pod().map(PodWorker::life).orElseGet(() -> new Life("none", false, Map.of(), "", ""));
    }

    private static Life life(Pod pod) {
        var status = pod.getStatus() == null ? null : container(pod).orElse(null);
        var running = status != null
                && status.getState() != null
                && status.getState().getRunning() != null
                && pod.getMetadata().getDeletionTimestamp() == null;
        var container = status == null || status.getContainerID() == null ? "" : status.getContainerID();
        var identity = new LinkedHashMap<String, Object>();
        identity.put(POD, pod.getMetadata().getName());
        identity.put(UID, pod.getMetadata().getUid());
        identity.put("container", container);
        return new Life(
                pod.getMetadata().getUid() + " " + container,
                running,
                identity,
                running ? status.getState().getRunning().getStartedAt() : "",
                lastExit(status));
    }

    private static Optional<ContainerStatus> container(Pod pod) {
        return pod.getStatus().getContainerStatuses().stream().findFirst();
    }

    private static String lastExit(ContainerStatus status) {
        if (status == null
                || status.getLastState() == null
                || status.getLastState().getTerminated() == null) {
            return "";
        }
        return String.valueOf(status.getLastState().getTerminated().getExitCode());
    }

    @Override
    public Undo undo() throws CallFailedException, InterruptedException {
        var pod = required();
        return new Undo(
                Capability.WORKER,
                Map.of(
                        POD, pod.getMetadata().getName(),
                        UID, pod.getMetadata().getUid()));
    }

    @Override
    public Life kill(Undo journalled) throws CallFailedException, InterruptedException {
        var pod = required();
        var uid = pod.getMetadata().getUid();
        if (!uid.equals(journalled.former().get(UID))) {
            throw CallFailedException.forGood("pod %s has been replaced since it was looked at"
                    .formatted(pod.getMetadata().getName()));
        }
        var options = new DeleteOptionsBuilder()
                .withGracePeriodSeconds(GRACE_SECONDS)
                .withNewPreconditions()
                .withUid(uid)
                .endPreconditions()
                .build();
        var name = pod.getMetadata().getName();
        // The client's own delete has no precondition on the uid.
        var path = "/api/v1/namespaces/%s/pods/%s".formatted(cluster.namespace(), name);
        return audit.of("delete", OptIn.target(pod), () -> {
            cluster.change("delete pod " + name, client -> client.raw(path, "DELETE", options));
            return life(pod);
        });
    }

    /** There is nothing to mend but to wait: Strimzi makes the pod. One that does not come is reported, not fought for. */
    @Override
    public Lifted lift(Undo undo) throws CallFailedException, InterruptedException {
        try {
            time.await(
                    "pod of KafkaConnect " + connect,
                    limit,
                    () -> pod().filter(pod -> life(pod).running()));
            return Lifted.asItWas();
        } catch (CallFailedException e) {
            if (pod().isPresent()) {
                throw e;
            }
            return Lifted.leftAlone("there is no pod of KafkaConnect %s in namespace %s; Strimzi has to make it"
                    .formatted(connect, cluster.namespace()));
        }
    }

    @Override
    public String starter() {
        return "Strimzi";
    }

    @Override
    public Steps steps() throws CallFailedException, InterruptedException {
        var pod = required();
        var name = pod.getMetadata().getName();
        return new Steps(
                List.of("delete Pod %s (uid %s) with a grace period of %d s"
                        .formatted(name, pod.getMetadata().getUid(), GRACE_SECONDS)),
                List.of("wait until Strimzi has made Pod %s again and its task reads the slot".formatted(name)),
                Stream.concat(rights(List.of(name)).stream().map(Right::toString), Stream.of(OptIn.need("Pod " + name)))
                        .toList());
    }

    private Pod required() throws CallFailedException, InterruptedException {
        var pod = pod().orElseThrow(() -> CallFailedException.forGood(
                "there is no pod of KafkaConnect %s in namespace %s".formatted(connect, cluster.namespace())));
        OptIn.require(pod);
        return pod;
    }

    private Optional<Pod> pod() throws CallFailedException, InterruptedException {
        var pods = pods();
        if (pods.size() > 1) {
            var host = hostOfTask();
            var running = pods.stream()
                    .filter(pod -> host.startsWith(pod.getMetadata().getName() + "."))
                    .findFirst();
            if (running.isPresent()) {
                return running;
            }
        }
        // One that ends comes last: its successor has another name only while both are there.
        return pods.stream()
                .min(Comparator.comparing((Pod pod) -> pod.getMetadata().getDeletionTimestamp() != null)
                        .thenComparing(pod -> pod.getMetadata().getName()));
    }

    private String hostOfTask() throws InterruptedException {
        try {
            return rest.hostOfTask().orElse("");
        } catch (CallFailedException e) {
            return "";
        }
    }

    List<Pod> pods() throws CallFailedException, InterruptedException {
        return cluster.ask(
                "list pods of KafkaConnect " + connect,
                client -> client.pods()
                        .inNamespace(cluster.namespace())
                        .withLabel("strimzi.io/cluster", connect)
                        .withLabel("strimzi.io/kind", "KafkaConnect")
                        .list()
                        .getItems());
    }
}
