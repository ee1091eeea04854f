package dev.failureaware.cdc.chaos.platform.kubernetes;

import static dev.failureaware.cdc.chaos.platform.kubernetes.FakeCluster.NAMESPACE;

import dev.failureaware.cdc.chaos.FakePipeline;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.RollableScalableResource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.net.HttpURLConnection;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * Strimzi and the Deployment controller as far as faults meet them, as seen on a real cluster: pods come and go a while after
 * they should, the annotation that resets offsets acts on a stopped connector only and stays until then, and a KafkaConnector's
 * status is never right.
 */
public final class FakeOperators implements AutoCloseable {
    public static final String DEPLOYMENT = "cdc-sink-consumer";
    public static final String CONNECT = "cdc";
    public static final String CONNECT_POD = "cdc-connect-0";
    /** That of {@link FakePipeline}. */
    public static final String CONNECTOR = "shop";

    private static final Map<String, String> OPT_IN = Map.of("failureaware.dev/chaos", "allowed");
    private static final Map<String, String> CONSUMER = Map.of("app", "sink-consumer");
    private static final Map<String, String> WORKER = Map.of(
            "strimzi.io/cluster", CONNECT, "strimzi.io/kind", "KafkaConnect", "failureaware.dev/chaos", "allowed");
    private static final ResourceDefinitionContext CONNECTORS = new ResourceDefinitionContext.Builder()
            .withGroup("kafka.strimzi.io")
            .withVersion("v1")
            .withKind("KafkaConnector")
            .withPlural("kafkaconnectors")
            .withNamespaced(true)
            .build();
    private static final long EVERY_MILLIS = 25;
    private static final int TICKS_UNTIL_A_POD_IS_BACK = 4;

    private final KubernetesClient client;
    private final FakePipeline connect;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private int ticksWithoutWorker;
    private volatile boolean resettingPaused;
    private volatile boolean makingPodsPaused;

    /** @param connect Kafka Connect's REST interface, which shows what Strimzi does */
    public FakeOperators(KubernetesClient client, FakePipeline connect) {
        this.client = client;
        this.connect = connect;
        client.resource(consumer(2)).create();
        client.resource(connectPod()).create();
        connectors().resource(connector(null)).create();
        tick();
        thread.scheduleWithFixedDelay(this::tick, EVERY_MILLIS, EVERY_MILLIS, TimeUnit.MILLISECONDS);
    }

    static Deployment consumer(int replicas) {
        return new DeploymentBuilder()
                .withNewMetadata()
                .withName(DEPLOYMENT)
                .withNamespace(NAMESPACE)
                .withLabels(OPT_IN)
                .endMetadata()
                .withNewSpec()
                .withReplicas(replicas)
                .withNewSelector()
                .withMatchLabels(CONSUMER)
                .endSelector()
                .withNewTemplate()
                .endTemplate()
                .endSpec()
                .build();
    }

    static GenericKubernetesResource connector(String state) {
        var connector = new GenericKubernetesResource();
        connector.setApiVersion("kafka.strimzi.io/v1");
        connector.setKind("KafkaConnector");
        connector.setMetadata(new ObjectMetaBuilder()
                .withName(CONNECTOR)
                .withNamespace(NAMESPACE)
                .withLabels(OPT_IN)
                .build());
        var spec = new HashMap<String, Object>(Map.of("class", "io.example.Postgres", "tasksMax", 1));
        if (state != null) {
            spec.put("state", state);
        }
        connector.setAdditionalProperty("spec", spec);
        connector.setAdditionalProperty("status", Map.of("connectorStatus", "as it was two minutes ago"));
        return connector;
    }

    private static Pod connectPod() {
        return pod(CONNECT_POD, WORKER);
    }

    private static Pod pod(String name, Map<String, String> labels) {
        return new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(NAMESPACE)
                .withUid(UUID.randomUUID().toString())
                .withLabels(labels)
                .endMetadata()
                .withNewStatus()
                .addNewContainerStatus()
                .withName("main")
                .withContainerID("containerd://" + UUID.randomUUID())
                .withNewState()
                .withNewRunning()
                .withStartedAt("2026-01-01T00:00:00Z")
                .endRunning()
                .endState()
                .endContainerStatus()
                .endStatus()
                .build();
    }

    private void tick() {
        try {
            consumers();
            worker();
            connector();
        } catch (KubernetesClientException e) {
            // Somebody was quicker: the next tick sees it.
            return;
        }
    }

    /** One pod a tick comes or goes; readiness follows a tick later. */
    private void consumers() {
        var deployment = deployments().withName(DEPLOYMENT).get();
        if (deployment == null) {
            return;
        }
        var wanted = deployment.getSpec().getReplicas();
        var pods =
                client.pods().inNamespace(NAMESPACE).withLabels(CONSUMER).list().getItems();
        if (pods.size() > wanted) {
            client.resource(pods.get(0)).delete();
        } else if (pods.size() < wanted && !makingPodsPaused) {
            client.resource(pod(DEPLOYMENT + "-" + UUID.randomUUID(), CONSUMER)).create();
        }
        connect.consumer(!pods.isEmpty());
        var ready =
                deployment.getStatus() == null ? null : deployment.getStatus().getReadyReplicas();
        if (ready == null || ready != pods.size()) {
            deployments()
                    .withName(DEPLOYMENT)
                    .edit(now -> new DeploymentBuilder(now)
                            .editOrNewStatus()
                            .withReplicas(pods.size())
                            .withReadyReplicas(pods.size())
                            .endStatus()
                            .build());
        }
    }

    private void worker() {
        if (client.pods().inNamespace(NAMESPACE).withName(CONNECT_POD).get() != null) {
            ticksWithoutWorker = 0;
        } else if (++ticksWithoutWorker >= TICKS_UNTIL_A_POD_IS_BACK && !makingPodsPaused) {
            client.resource(connectPod()).create();
        }
    }

    private void connector() {
        var connector = connectors().withName(CONNECTOR).get();
        if (connector == null) {
            return;
        }
        var stopped = "stopped".equals(state(connector));
        if (stopped) {
            connect.stopConnector();
        } else if (connect.connectorState().equals("STOPPED")) {
            connect.resumeConnector();
        }
        if (stopped && annotation(connector) != null && !resettingPaused) {
            connect.forgetOffsets();
            editConnector(now -> {
                now.getMetadata().getAnnotations().remove(StrimziConnector.OFFSETS);
                return now;
            });
        }
    }

    private NonNamespaceOperation<Deployment, DeploymentList, RollableScalableResource<Deployment>> deployments() {
        return client.apps().deployments().inNamespace(NAMESPACE);
    }

    private NonNamespaceOperation<
                    GenericKubernetesResource, GenericKubernetesResourceList, Resource<GenericKubernetesResource>>
            connectors() {
        return client.genericKubernetesResources(CONNECTORS).inNamespace(NAMESPACE);
    }

    public Deployment deployment() {
        return deployments().withName(DEPLOYMENT).get();
    }

    public int replicas() {
        return deployment().getSpec().getReplicas();
    }

    /** As a person or an autoscaler does. */
    public void scale(int replicas) {
        editDeployment(now -> new DeploymentBuilder(now)
                .editSpec()
                .withReplicas(replicas)
                .endSpec()
                .build());
    }

    public void editDeployment(UnaryOperator<Deployment> change) {
        persistently(() -> deployments().withName(DEPLOYMENT).edit(change));
    }

    /** Controllers and people work at the same time. */
    private static void persistently(Runnable edit) {
        while (true) {
            try {
                edit.run();
                return;
            } catch (KubernetesClientException e) {
                if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                    throw e;
                }
            }
        }
    }

    public void deleteDeployment() {
        deployments().withName(DEPLOYMENT).delete();
    }

    GenericKubernetesResource kafkaConnector() {
        return connectors().withName(CONNECTOR).get();
    }

    void editConnector(UnaryOperator<GenericKubernetesResource> change) {
        persistently(() -> connectors().withName(CONNECTOR).edit(change));
    }

    @SuppressWarnings("unchecked")
    void setState(String state) {
        editConnector(now -> {
            var spec = (Map<String, Object>) now.getAdditionalProperties().get("spec");
            if (state == null) {
                spec.remove("state");
            } else {
                spec.put("state", state);
            }
            return now;
        });
    }

    void deleteConnector() {
        connectors().withName(CONNECTOR).delete();
    }

    void createConnector(String state) {
        connectors().resource(connector(state)).create();
    }

    static String state(GenericKubernetesResource connector) {
        return (String) ((Map<?, ?>) connector.getAdditionalProperties().get("spec")).get("state");
    }

    static String annotation(GenericKubernetesResource connector) {
        var annotations = connector.getMetadata().getAnnotations();
        return annotations == null ? null : annotations.get(StrimziConnector.OFFSETS);
    }

    Pod worker(String name) {
        return client.pods().inNamespace(NAMESPACE).withName(name).get();
    }

    void editWorker(UnaryOperator<Pod> change) {
        persistently(
                () -> client.pods().inNamespace(NAMESPACE).withName(CONNECT_POD).edit(change));
    }

    void deleteWorker() {
        client.pods().inNamespace(NAMESPACE).withName(CONNECT_POD).delete();
    }

    /** Strimzi is busy elsewhere. */
    void pauseResetting(boolean paused) {
        resettingPaused = paused;
    }

    /** No node has room. */
    public void pauseMakingPods(boolean paused) {
        makingPodsPaused = paused;
    }

    @Override
    public void close() {
        thread.shutdownNow();
        try {
            thread.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
