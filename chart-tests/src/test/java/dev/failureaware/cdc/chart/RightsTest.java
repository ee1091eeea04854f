package dev.failureaware.cdc.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Exactly what the chaos-injector asks for (KubernetesPlatform), in one Role, and nothing for anybody else. */
class RightsTest {
    @Test
    void theInjectorMayDoThisAndNothingElse() {
        var rendered = Chart.defaults();

        assertThat(rights(rendered.get("Role", "cdc-chaos-injector")))
                .containsExactly(
                        "apps deployments cdc-sink-consumer get",
                        "apps deployments/scale cdc-sink-consumer patch",
                        "coordination.k8s.io leases cdc-chaos-injector get",
                        "coordination.k8s.io leases cdc-chaos-injector update",
                        "core configmaps cdc-chaos-journal get",
                        "core configmaps cdc-chaos-journal update",
                        "core configmaps cdc-chaos-report get",
                        "core configmaps cdc-chaos-report update",
                        "core pods * list",
                        "core pods cdc-connect-0 delete",
                        "events.k8s.io events * create",
                        "kafka.strimzi.io kafkaconnectors cdc-source get",
                        "kafka.strimzi.io kafkaconnectors cdc-source patch");
    }

    @Test
    void nobodyElseIsGrantedAnything() {
        var rendered = Chart.defaults();

        assertThat(rendered.objects())
                .filteredOn(object -> Rendered.kind(object).matches("(Cluster)?Role(Binding)?"))
                .extracting(Rendered::id)
                .containsExactlyInAnyOrder("Role/cdc-chaos-injector", "RoleBinding/cdc-chaos-injector");
        var binding = rendered.get("RoleBinding", "cdc-chaos-injector");
        assertThat(Rendered.items(binding.path("subjects")))
                .extracting(subject -> subject.path("kind").asText() + " "
                        + subject.path("namespace").asText() + " "
                        + subject.path("name").asText())
                .containsExactly("ServiceAccount cdc cdc-chaos-injector");
    }

    @Test
    void eachConnectPodIsNamed() {
        var rendered = Chart.with(Map.of("connect.replicas", 3));

        assertThat(rights(rendered.get("Role", "cdc-chaos-injector")))
                .filteredOn(right -> right.endsWith(" delete"))
                .containsExactly(
                        "core pods cdc-connect-0 delete",
                        "core pods cdc-connect-1 delete",
                        "core pods cdc-connect-2 delete");
    }

    @Test
    void withoutInjectorThereIsNoRightAndNoLabelThatOptsIn() {
        var rendered = Chart.with(Map.of("chaosInjector.enabled", false));

        assertThat(rendered.objects()).noneMatch(object -> Rendered.kind(object).startsWith("Role"));
        assertThat(rendered.objects().toString()).doesNotContain("failureaware.dev/chaos");
    }

    @Test
    void theLabelIsOnWhatMayBeBrokenAndNowhereElse() {
        var rendered = Chart.defaults();

        assertThat(rendered.objects().stream()
                        .filter(object -> object.at("/metadata/labels").has("failureaware.dev/chaos"))
                        .map(Rendered::id))
                .containsExactlyInAnyOrder("Deployment/cdc-sink-consumer", "KafkaConnector/cdc-source");
        assertThat(rendered.get("KafkaConnect", "cdc").at("/spec/template/pod/metadata/labels/failureaware.dev~1chaos"))
                .isNotNull()
                .hasToString("\"allowed\"");
    }

    private static List<String> rights(JsonNode role) {
        var rights = new TreeSet<String>();
        for (var rule : role.path("rules")) {
            var names = rule.has("resourceNames")
                    ? rule.get("resourceNames")
                    : Chart.YAML.createArrayNode().add("*");
            Rendered.items(rule.path("apiGroups"))
                    .map(group -> group.asText().isEmpty() ? "core" : group.asText())
                    .flatMap(group -> pairs(group, rule.path("resources")))
                    .flatMap(resource -> pairs(resource, names))
                    .flatMap(name -> pairs(name, rule.path("verbs")))
                    .forEach(rights::add);
        }
        return List.copyOf(rights);
    }

    private static Stream<String> pairs(String first, JsonNode second) {
        return Rendered.items(second).map(item -> first + " " + item.asText());
    }
}
