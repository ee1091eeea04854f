package dev.failureaware.cdc.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Who may talk to whom, found by reading the policies as a cluster's network does. */
class NetworkTest {
    private static final Map<String, String> CONNECT =
            Map.of("strimzi.io/cluster", "cdc", "strimzi.io/kind", "KafkaConnect");
    private static final Map<String, String> KAFKA = Map.of("strimzi.io/cluster", "cdc", "strimzi.io/kind", "Kafka");
    private static final List<Integer> PORTS = List.of(5432, 8083, 8089, 8090, 8091, 8092, 9093);

    /** Ingress of Strimzi's pods is Strimzi's to allow; the listener's peers and the policy for REST are tested below. */
    @Test
    void thePipelineMayTalkLikeThisAndNoPodMayTalkOtherwise() {
        var rendered = Chart.with(Map.of("jobs.render", true));

        assertThat(connections(rendered))
                .containsExactly(
                        "chaos-injector -> connect:8083",
                        "chaos-injector -> load-generator:8092",
                        "chaos-injector -> source-db:5432",
                        "chaos-injector -> verifier:8089",
                        "connect -> source-db:5432",
                        "job -> chaos-injector:8091",
                        "load-generator -> source-db:5432",
                        "sink-consumer -> kafka:9093",
                        "sink-consumer -> sink-db:5432",
                        "sink-setup -> sink-db:5432",
                        "source-setup -> source-db:5432",
                        "test -> verifier:8089",
                        "verifier -> chaos-injector:8091",
                        "verifier -> connect:8083",
                        "verifier -> kafka:9093",
                        "verifier -> load-generator:8092",
                        "verifier -> sink-consumer:8090",
                        "verifier -> sink-db:5432",
                        "verifier -> source-db:5432");
    }

    @Test
    void everyPodOfOursIsDeniedByDefault() {
        var rendered = Chart.with(Map.of("jobs.render", true));

        assertThat(rendered.pods())
                .allSatisfy(pod -> assertThat(rendered.ofKind("NetworkPolicy"))
                        .as(pod.toString())
                        .anyMatch(policy -> policy.at("/metadata/name").asText().equals("cdc-default")
                                && selects(policy.at("/spec/podSelector"), labels(pod.metadata()))
                                && policy.at("/spec/policyTypes").size() == 2));
    }

    @Test
    void kafkaAdmitsItsThreeClients() {
        var peers = Chart.defaults().get("Kafka", "cdc").at("/spec/kafka/listeners/0/networkPolicyPeers");

        assertThat(Rendered.items(peers)
                        .map(peer -> peer.at("/podSelector/matchLabels"))
                        .map(labels -> labels.path("app.kubernetes.io/component")
                                .asText(labels.path("strimzi.io/kind").asText())))
                .containsExactlyInAnyOrder("KafkaConnect", "sink-consumer", "verifier");
    }

    @Test
    void aDatabaseElsewhereIsReachedByItsPort() {
        var rendered = Chart.with(Map.of(
                "source.deploy",
                false,
                "source.host",
                "db.example",
                "source.port",
                6432,
                "source.setup.adminSecret",
                "a"));

        assertThat(rendered.has("NetworkPolicy", "cdc-source-db")).isFalse();
        for (var client : List.of("verifier", "chaos-injector", "load-generator", "source-setup")) {
            assertThat(Rendered.items(
                            rendered.get("NetworkPolicy", "cdc-" + client).at("/spec/egress")))
                    .as(client)
                    .anyMatch(rule -> rule.at("/ports/0/port").asInt() == 6432 && !rule.has("to"));
        }
    }

    @Test
    void withoutPoliciesThereAreNone() {
        var rendered = Chart.with(Map.of("networkPolicies.enabled", false));

        assertThat(rendered.ofKind("NetworkPolicy")).isEmpty();
        assertThat(rendered.get("Kafka", "cdc").at("/spec/kafka/listeners/0").has("networkPolicyPeers"))
                .isFalse();
    }

    private static Collection<String> connections(Rendered rendered) {
        var pods = new LinkedHashMap<String, Map<String, String>>();
        rendered.pods().forEach(pod -> pods.put(component(pod.metadata()), labels(pod.metadata())));
        pods.put("connect", CONNECT);
        pods.put("kafka", KAFKA);
        var policies = rendered.ofKind("NetworkPolicy").toList();
        var found = new TreeSet<String>();
        pods.forEach((from, fromLabels) -> pods.forEach((to, toLabels) -> PORTS.forEach(port -> {
            var bothStrimzi = List.of("connect", "kafka").containsAll(List.of(from, to));
            if (!bothStrimzi
                    && !from.equals(to)
                    && allowed(policies, "Egress", fromLabels, toLabels, port)
                    && allowed(policies, "Ingress", toLabels, fromLabels, port)) {
                // Egress to a port alone would be seen here at every pod that lets it in.
                found.add("%s -> %s:%d".formatted(from, to, port));
            }
        })));
        // Kafka is the only one whose ingress no policy of this chart speaks of.
        found.removeIf(connection -> connection.contains("kafka:") && !connection.endsWith(":9093"));
        return found;
    }

    /** @param subject the pod that the policies are about, {@code peer} the other one */
    private static boolean allowed(
            List<JsonNode> policies,
            String direction,
            Map<String, String> subject,
            Map<String, String> peer,
            int port) {
        var about = policies.stream()
                .filter(policy -> selects(policy.at("/spec/podSelector"), subject))
                .filter(policy -> policy.at("/spec/policyTypes").toString().contains(direction))
                .toList();
        return about.isEmpty()
                || about.stream()
                        .flatMap(policy ->
                                Rendered.items(policy.path("spec").path(direction.toLowerCase(java.util.Locale.ROOT))))
                        .anyMatch(rule -> admits(rule, direction.equals("Egress") ? "to" : "from", peer, port));
    }

    private static boolean admits(JsonNode rule, String side, Map<String, String> peer, int port) {
        var peers = rule.path(side);
        return Rendered.items(rule.path("ports"))
                        .anyMatch(entry -> entry.path("port").asInt() == port)
                && (peers.isEmpty()
                        || Rendered.items(peers)
                                .anyMatch(entry -> !entry.has("namespaceSelector")
                                        && !entry.has("ipBlock")
                                        && selects(entry.path("podSelector"), peer)));
    }

    private static boolean selects(JsonNode selector, Map<String, String> labels) {
        return selector.path("matchLabels").properties().stream()
                .allMatch(entry -> entry.getValue().asText().equals(labels.get(entry.getKey())));
    }

    private static Map<String, String> labels(JsonNode metadata) {
        var labels = new LinkedHashMap<String, String>();
        metadata.path("labels")
                .properties()
                .forEach(entry -> labels.put(entry.getKey(), entry.getValue().asText()));
        return labels;
    }

    private static String component(JsonNode metadata) {
        return labels(metadata).get("app.kubernetes.io/component");
    }
}
