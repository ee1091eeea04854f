package dev.failureaware.cdc.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an upgrade keeps, and that it changes only the pods that it has to. */
class UpgradeTest {
    @AfterEach
    void emptyCluster() {
        StubCluster.get().holds(Map.of());
    }

    @Test
    void generatedPasswordsAreKept() {
        var first = Chart.defaults();
        var another = Chart.defaults();
        StubCluster.get().holds(installed(first));

        var upgrade = Chart.defaults();

        for (var name : new String[] {"cdc-source-db", "cdc-sink-db", "cdc-api-token"}) {
            assertThat(upgrade.get("Secret", name).get("data"))
                    .isEqualTo(first.get("Secret", name).get("data"));
            assertThat(another.get("Secret", name).get("data"))
                    .isNotEqualTo(first.get("Secret", name).get("data"));
        }
    }

    @Test
    void aPasswordThatIsMissingIsAdded() {
        StubCluster.get().holds(Map.of("secrets/cdc-sink-db", RefusedValuesTest.secret("cdc-sink-db", "cdc_sink")));

        var data = Chart.defaults().get("Secret", "cdc-sink-db").get("data");

        assertThat(data.get("cdc_sink").asText()).isEqualTo("cGFzc3dvcmQgb2YgY2RjX3Npbms=");
        assertThat(data.get("cdc_verifier").asText()).isNotEmpty();
    }

    @Test
    void aFaultInProgressKeepsItsNumberOfConsumers() {
        StubCluster.get().holds(cluster("{\"capability\":\"SINK_CONSUMER\"}\n", 0));

        assertThat(consumers(Chart.defaults())).isZero();
    }

    @Test
    void withoutAFaultTheNumberOfConsumersIsTheOneOfTheValues() {
        StubCluster.get().holds(cluster("", 0));

        assertThat(consumers(Chart.with(Map.of("sinkConsumer.replicas", 2)))).isEqualTo(2);
    }

    @Test
    void anAutoscalerOwnsTheNumberOfConsumers() {
        var rendered = Chart.with(Map.of("sinkConsumer.autoscaling.enabled", true));

        assertThat(rendered.get("Deployment", "cdc-sink-consumer").path("spec").has("replicas"))
                .isFalse();
    }

    /** More would mean further rebalances, and members that no partition is left for. */
    @Test
    void anUpgradeNeverAddsAMemberToTheConsumerGroup() {
        var single = Chart.defaults().get("Deployment", "cdc-sink-consumer").at("/spec/strategy");
        var several = Chart.with(Map.of("sinkConsumer.replicas", 3))
                .get("Deployment", "cdc-sink-consumer")
                .at("/spec/strategy");

        // With a rolling one of which a single pod may be missing, `helm --wait` waits for nothing.
        assertThat(single).hasToString("{\"type\":\"Recreate\"}");
        assertThat(several.at("/rollingUpdate/maxSurge").asInt(-1)).isZero();
        assertThat(several.at("/rollingUpdate/maxUnavailable").asInt()).isEqualTo(1);
    }

    @Test
    void whatTheInjectorWritesIsNoPartOfTheChart() {
        var rendered = Chart.defaults();

        assertThat(rendered.get("ConfigMap", "cdc-chaos-journal").has("data")).isFalse();
        assertThat(rendered.get("ConfigMap", "cdc-chaos-report").has("data")).isFalse();
        assertThat(rendered.get("Lease", "cdc-chaos-injector").has("spec")).isFalse();
        assertThat(rendered.get("KafkaConnector", "cdc-source").path("spec").has("state"))
                .isFalse();
    }

    @Test
    void onlyThePodsOfAChangedValueRoll() {
        var before = pods(Chart.defaults());

        var after = pods(Chart.with(Map.of("loadGenerator.rate", 50)));

        assertThat(changed(before, after)).containsExactly("Deployment/cdc-load-generator");
    }

    @Test
    void aNewVersionOfTheChartRollsNoPodAndRunsNoSetUpAgain() throws IOException {
        var copy = Chart.copy();
        var file = copy.resolve("Chart.yaml");
        Files.writeString(file, Files.readString(file).replaceFirst("(?m)^version: .*$", "version: 9.9.9"));

        assertThat(pods(Chart.of(copy))).isEqualTo(pods(Chart.defaults()));
    }

    @Test
    void aSetUpRunsAgainWhenItsContentChanges() throws IOException {
        var copy = Chart.copy();
        Path sql = copy.resolve("files/source/schema.sql");
        Files.writeString(sql, Files.readString(sql) + "\n-- changed\n");

        assertThat(changed(pods(Chart.defaults()), pods(Chart.of(copy))))
                .hasSize(2)
                .allMatch(name -> name.startsWith("Job/cdc-source-setup-"));
    }

    @Test
    void anotherSecretOfTheUsersRollsThePodsThatReadIt() {
        var settings = Map.of("apiToken.existingSecret", "mine");
        StubCluster.get().holds(Map.of("secrets/mine", RefusedValuesTest.secret("mine", "token")));
        var before = pods(Chart.with(settings));
        StubCluster.get().holds(Map.of("secrets/mine", RefusedValuesTest.secret("mine", "token", "another")));

        assertThat(changed(before, pods(Chart.with(settings))))
                .containsExactlyInAnyOrder(
                        "Deployment/cdc-chaos-injector",
                        "Deployment/cdc-load-generator",
                        "Deployment/cdc-sink-consumer",
                        "Deployment/cdc-verifier");
    }

    @Test
    void uninstallLeavesWhatTheUserAskedFor() {
        var rendered = Chart.with(Map.of("keepDataOnUninstall", true));

        assertThat(rendered.ofKind("Secret"))
                .isNotEmpty()
                .allSatisfy(secret -> assertThat(secret.at("/metadata/annotations/helm.sh~1resource-policy")
                                .asText())
                        .isEqualTo("keep"));
        assertThat(rendered.ofKind("StatefulSet"))
                .isNotEmpty()
                .allSatisfy(set -> assertThat(set.at("/spec/persistentVolumeClaimRetentionPolicy/whenDeleted")
                                .asText())
                        .isEqualTo("Retain"));
        assertThat(Chart.defaults().objects().toString()).doesNotContain("resource-policy", "Retain\",\"whenDeleted");
    }

    private static int consumers(Rendered rendered) {
        return rendered.get("Deployment", "cdc-sink-consumer")
                .at("/spec/replicas")
                .asInt(-1);
    }

    private static Map<String, Object> installed(Rendered rendered) {
        var objects = new HashMap<String, Object>();
        rendered.ofKind("Secret").forEach(secret -> objects.put("secrets/" + Rendered.name(secret), secret));
        return objects;
    }

    private static Map<String, Object> cluster(String journal, int replicas) {
        return Map.of(
                "configmaps/cdc-chaos-journal",
                Map.of(
                        "apiVersion",
                        "v1",
                        "kind",
                        "ConfigMap",
                        "metadata",
                        Map.of("name", "cdc-chaos-journal"),
                        "data",
                        Map.of("journal.ndjson", journal)),
                "deployments/cdc-sink-consumer",
                Map.of(
                        "apiVersion",
                        "apps/v1",
                        "kind",
                        "Deployment",
                        "metadata",
                        Map.of("name", "cdc-sink-consumer"),
                        "spec",
                        Map.of("replicas", replicas)));
    }

    /** What Kubernetes or Strimzi makes pods of, by owner. */
    private static Map<String, JsonNode> pods(Rendered rendered) {
        var pods = new TreeMap<String, JsonNode>();
        rendered.pods()
                .filter(pod -> !Rendered.kind(pod.owner()).equals("Pod"))
                .forEach(pod -> pods.put(pod.toString(), pod.owner().at("/spec/template")));
        rendered.objects().stream()
                .filter(TypedObjects::isStrimzi)
                .forEach(object -> pods.put(Rendered.id(object), object));
        return pods;
    }

    private static Iterable<String> changed(Map<String, JsonNode> before, Map<String, JsonNode> after) {
        var names = new java.util.TreeSet<>(before.keySet());
        names.addAll(after.keySet());
        names.removeIf(name -> before.containsKey(name) && before.get(name).equals(after.get(name)));
        return names;
    }
}
