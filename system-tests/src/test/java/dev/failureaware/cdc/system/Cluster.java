package dev.failureaware.cdc.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.Helm;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.LocalPortForward;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A namespace of its own in the cluster that the current kube context points to, with our chart in it as a user installs it.
 * Settings: {@code image.registry} and {@code image.tag}, as in the chart's values.
 */
final class Cluster implements AutoCloseable {
    /** With this property a cluster that is not there is a failure, not a reason to skip. */
    private static final String REQUIRED = "require.cluster";

    static final String RELEASE = "cdc";
    private static final Path CHART = Path.of("../helm/failure-aware-cdc").toAbsolutePath();
    private static final Duration LONGEST_INSTALLATION = Duration.ofMinutes(15);

    private final KubernetesClient client;
    private final String namespace = "cdc-st-" + UUID.randomUUID().toString().substring(0, 6);
    private final HttpClient http = HttpClient.newHttpClient();

    private Cluster(KubernetesClient client) {
        this.client = client;
    }

    /** Makes the namespace. */
    static Cluster ofCurrentContext() {
        var client = connect();
        var cluster = new Cluster(client);
        System.out.printf(
                "Cluster: context %s, Kubernetes %s, namespace %s%n",
                context(client), client.getKubernetesVersion().getGitVersion(), cluster.namespace);
        cluster.createNamespace();
        return cluster;
    }

    private static KubernetesClient connect() {
        var config = new ConfigBuilder(Config.autoConfigure(null))
                .withRequestRetryBackoffLimit(1)
                .build();
        return new KubernetesClientBuilder().withConfig(config).build();
    }

    private static String context(KubernetesClient client) {
        var context = client.getConfiguration().getCurrentContext();
        return context == null ? "none" : context.getName();
    }

    /** Why there is no cluster to test in; empty when there is one. */
    private static Optional<String> missing() {
        try (var client = connect()) {
            try {
                return client.apiextensions()
                                        .v1()
                                        .customResourceDefinitions()
                                        .withName("kafkaconnectors.kafka.strimzi.io")
                                        .get()
                                == null
                        ? Optional.of(
                                "the cluster of context " + context(client) + " does not know Strimzi's resources")
                        : Optional.empty();
            } catch (KubernetesClientException e) {
                return Optional.of(
                        "no cluster answers (context " + context(client) + ", " + client.getMasterUrl() + ")");
            }
        }
    }

    /** Skips a test class visibly where there is no cluster with Strimzi. */
    static final class Needed implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            if (context.getTestMethod().isPresent()) {
                return ConditionEvaluationResult.enabled("asked for the class");
            }
            var missing = missing();
            if (missing.isEmpty()) {
                return ConditionEvaluationResult.enabled("a cluster answers");
            }
            var required = System.getProperty(REQUIRED);
            if (required != null && !required.equals("false")) {
                throw new AssertionError(missing.get() + ", and -D" + REQUIRED + " is set");
            }
            System.out.println("SKIPPED: " + missing.get());
            return ConditionEvaluationResult.disabled(missing.get() + "; -D" + REQUIRED + " makes this a failure");
        }
    }

    private void createNamespace() {
        client.namespaces()
                .resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(namespace)
                        .addToLabels("pod-security.kubernetes.io/enforce", "restricted")
                        .endMetadata()
                        .build())
                .create();
    }

    String namespace() {
        return namespace;
    }

    KubernetesClient client() {
        return client;
    }

    // The chart

    void install() {
        var install = new Helm(CHART)
                .install()
                .withName(RELEASE)
                .withNamespace(namespace)
                .waitReady()
                .withTimeout((int) LONGEST_INSTALLATION.toSeconds());
        images().forEach(install::set);
        install.call();
    }

    /** @param value a value of the chart that shall change; the others stay as they were installed */
    void upgrade(String value, Object to) {
        new Helm(CHART)
                .upgrade()
                .withName(RELEASE)
                .withNamespace(namespace)
                .reuseValues()
                .set(value, to)
                .waitReady()
                .withTimeout((int) LONGEST_INSTALLATION.toSeconds())
                .call();
    }

    void uninstall() {
        Helm.uninstall(RELEASE).withNamespace(namespace).call();
    }

    private static Map<String, Object> images() {
        var settings = new TreeMap<String, Object>();
        for (var setting : List.of("registry", "tag")) {
            var value = System.getProperty("image." + setting, "");
            if (!value.isBlank()) {
                settings.put("images." + setting, value);
            }
        }
        return settings;
    }

    // What is there

    /** Uids of the pods that run, by name. */
    Map<String, String> podUids() {
        var uids = new TreeMap<String, String>();
        for (var pod : client.pods().inNamespace(namespace).list().getItems()) {
            if (pod.getMetadata().getDeletionTimestamp() == null
                    && "Running".equals(pod.getStatus().getPhase())) {
                uids.put(pod.getMetadata().getName(), pod.getMetadata().getUid());
            }
        }
        return uids;
    }

    /** The only pod of one of our components. */
    Pod pod(String component) {
        var pods = client
                .pods()
                .inNamespace(namespace)
                .withLabel("app.kubernetes.io/component", component)
                .list()
                .getItems()
                .stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .toList();
        assertThat(pods).as(component).hasSize(1);
        return pods.get(0);
    }

    int replicas(String deployment) {
        return client.apps()
                .deployments()
                .inNamespace(namespace)
                .withName(deployment)
                .get()
                .getSpec()
                .getReplicas();
    }

    GenericKubernetesResource strimzi(String plural, String name) {
        return client.genericKubernetesResources(kind(plural))
                .inNamespace(namespace)
                .withName(name)
                .get();
    }

    boolean isReady(String plural, String name) {
        var resource = strimzi(plural, name);
        if (resource == null) {
            return false;
        }
        var status = Stack.JSON.valueToTree(resource).at("/status/conditions");
        for (var condition : status) {
            if (condition.path("type").asText().equals("Ready")) {
                return condition.path("status").asText().equals("True");
            }
        }
        return false;
    }

    private static ResourceDefinitionContext kind(String plural) {
        return new ResourceDefinitionContext.Builder()
                .withGroup(plural.equals("strimzipodsets") ? "core.strimzi.io" : "kafka.strimzi.io")
                .withVersion("v1")
                .withPlural(plural)
                .withNamespaced(true)
                .build();
    }

    /** Everything in the namespace that a user would see, but what Kubernetes itself puts into each. */
    List<String> leftovers() {
        var found = new ArrayList<HasMetadata>();
        found.addAll(client.pods().inNamespace(namespace).list().getItems());
        found.addAll(client.services().inNamespace(namespace).list().getItems());
        found.addAll(client.configMaps().inNamespace(namespace).list().getItems());
        found.addAll(client.secrets().inNamespace(namespace).list().getItems());
        found.addAll(client.serviceAccounts().inNamespace(namespace).list().getItems());
        found.addAll(
                client.persistentVolumeClaims().inNamespace(namespace).list().getItems());
        found.addAll(client.apps().deployments().inNamespace(namespace).list().getItems());
        found.addAll(client.apps().statefulSets().inNamespace(namespace).list().getItems());
        found.addAll(client.batch().v1().jobs().inNamespace(namespace).list().getItems());
        found.addAll(client.rbac().roles().inNamespace(namespace).list().getItems());
        found.addAll(client.rbac().roleBindings().inNamespace(namespace).list().getItems());
        found.addAll(client.leases().inNamespace(namespace).list().getItems());
        found.addAll(client.network()
                .v1()
                .networkPolicies()
                .inNamespace(namespace)
                .list()
                .getItems());
        found.addAll(client.policy()
                .v1()
                .podDisruptionBudget()
                .inNamespace(namespace)
                .list()
                .getItems());
        for (var plural : List.of(
                "kafkas",
                "kafkanodepools",
                "kafkausers",
                "kafkatopics",
                "kafkaconnects",
                "kafkaconnectors",
                "strimzipodsets")) {
            found.addAll(client.genericKubernetesResources(kind(plural))
                    .inNamespace(namespace)
                    .list()
                    .getItems());
        }
        var everywhere = putIntoEachNamespace();
        return found.stream()
                .map(Cluster::name)
                .filter(name -> !everywhere.contains(name))
                .toList();
    }

    /** What the cluster's own controllers put into every namespace: it is in the default one too. */
    private Set<String> putIntoEachNamespace() {
        return Stream.<HasMetadata>concat(
                        client.configMaps().inNamespace("default").list().getItems().stream(),
                        client.serviceAccounts().inNamespace("default").list().getItems().stream())
                .map(Cluster::name)
                .collect(Collectors.toSet());
    }

    private static String name(HasMetadata resource) {
        return resource.getKind() + " " + resource.getMetadata().getName();
    }

    // Our services, through the API server

    /** The dashboard's service, at a port of this machine while the returned is open. */
    LocalPortForward dashboard() {
        return client.services()
                .inNamespace(namespace)
                .withName(RELEASE + "-verifier")
                .portForward(8089);
    }

    JsonNode verify(Duration patience) {
        return call("verifier", 8089, "POST", "/verify?timeout=" + patience.toSeconds() + "s", null);
    }

    JsonNode injector(String method, String path, String body) {
        return call("chaos-injector", 8091, method, path, body);
    }

    private JsonNode call(String service, int port, String method, String path, String body) {
        var deployment = RELEASE + "-" + service;
        try (var forward =
                client.services().inNamespace(namespace).withName(deployment).portForward(port)) {
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + forward.getLocalPort() + path))
                    .header("Authorization", "Bearer " + token())
                    .header("Accept", "application/json")
                    .header("Content-Type", "application/json")
                    .timeout(Duration.ofMinutes(4))
                    .method(
                            method,
                            body == null
                                    ? HttpRequest.BodyPublishers.noBody()
                                    : HttpRequest.BodyPublishers.ofString(body))
                    .build();
            var response = http.send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode())
                    .as("%s %s of %s: %s", method, path, service, response.body())
                    .isBetween(200, 299);
            return Stack.JSON.readTree(response.body());
        } catch (IOException e) {
            throw new AssertionError(method + " " + path + " of " + service, e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private String token() {
        var secret = client.secrets()
                .inNamespace(namespace)
                .withName(RELEASE + "-api-token")
                .get();
        return new String(Base64.getDecoder().decode(secret.getData().get("token")), StandardCharsets.UTF_8);
    }

    /** For whoever has to find out why a test failed, before the namespace is gone. */
    void printLogs() {
        for (var pod : client.pods().inNamespace(namespace).list().getItems()) {
            System.out.printf(
                    "--- %s (%s)%n%s%n",
                    pod.getMetadata().getName(),
                    pod.getStatus().getPhase(),
                    client.pods()
                            .inNamespace(namespace)
                            .withName(pod.getMetadata().getName())
                            .tailingLines(40)
                            .getLog());
        }
    }

    @Override
    public void close() {
        client.namespaces().withName(namespace).delete();
        client.close();
    }
}
