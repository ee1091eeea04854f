package dev.failureaware.cdc.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.failureaware.cdc.chart.Rendered.PodOf;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every object and every pod, whatever the values are. */
class PolicyTest {
    static Stream<Path> variants() {
        return Chart.variants();
    }

    @ParameterizedTest
    @MethodSource("variants")
    void podsAreRestricted(Path values) {
        assertThat(Chart.with(values).pods()).isNotEmpty().allSatisfy(pod -> {
            var security = pod.spec().path("securityContext");
            assertThat(security.path("runAsNonRoot").asBoolean()).isTrue();
            assertThat(security.at("/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
            assertThat(security.path("runAsUser").asInt(1)).isPositive();
            assertThat(pod.containers()).allSatisfy(container -> {
                var own = container.path("securityContext");
                assertThat(own.path("allowPrivilegeEscalation").asBoolean(true)).isFalse();
                assertThat(own.path("readOnlyRootFilesystem").asBoolean()).isTrue();
                assertThat(own.at("/capabilities/drop/0").asText()).isEqualTo("ALL");
                assertThat(own.has("privileged") || own.has("runAsUser")).isFalse();
            });
            assertThat(Rendered.items(pod.spec().path("volumes")))
                    .allSatisfy(volume -> assertThat(Set.of("emptyDir", "configMap", "secret", "persistentVolumeClaim"))
                            .containsAnyElementsOf(volume::fieldNames));
            assertThat(List.of("hostNetwork", "hostPID", "hostIPC")).noneMatch(pod.spec()::has);
        });
    }

    @ParameterizedTest
    @MethodSource("variants")
    void onlyTheInjectorHasATokenForTheKubernetesApi(Path values) {
        assertThat(Chart.with(values).pods()).allSatisfy(pod -> {
            var injector = pod.toString().endsWith("-chaos-injector");
            assertThat(pod.spec().path("automountServiceAccountToken").asBoolean(true))
                    .as(pod.toString())
                    .isEqualTo(injector);
            assertThat(pod.spec().path("serviceAccountName").asText("default")).isNotEqualTo("default");
        });
        assertThat(Chart.with(values).ofKind("ServiceAccount"))
                .allSatisfy(account -> assertThat(
                                account.path("automountServiceAccountToken").asBoolean(true))
                        .isFalse());
    }

    @ParameterizedTest
    @MethodSource("variants")
    void containersSayWhatTheyNeedAndNeverMoreMemoryThanThat(Path values) {
        assertThat(Chart.with(values).pods().flatMap(PodOf::containers)).allSatisfy(container -> {
            var resources = container.path("resources");
            assertThat(resources.at("/requests/cpu").asText()).isNotEmpty();
            assertThat(resources.at("/requests/memory").asText()).isNotEmpty();
            assertThat(resources.at("/limits/memory").asText()).isNotEmpty();
        });
    }

    @ParameterizedTest
    @MethodSource("variants")
    void imagesHaveAVersion(Path values) {
        assertThat(Chart.with(values).pods().flatMap(PodOf::containers))
                .extracting(container -> container.path("image").asText())
                .allMatch(image -> image.matches(".*:[^:/]+") && !image.endsWith(":latest"));
    }

    @ParameterizedTest
    @MethodSource("variants")
    void whatRunsForEverHasProbes(Path values) {
        assertThat(Chart.with(values).pods())
                .filteredOn(pod -> Set.of("Deployment", "StatefulSet").contains(Rendered.kind(pod.owner())))
                .flatExtracting(pod -> pod.containers().toList())
                .allSatisfy(container -> assertThat(container.fieldNames())
                        .toIterable()
                        .contains("startupProbe", "livenessProbe", "readinessProbe"));
    }

    @ParameterizedTest
    @MethodSource("variants")
    void objectsCarryTheCommonLabels(Path values) {
        assertThat(Chart.with(values).objects()).allSatisfy(object -> {
            var labels = object.at("/metadata/labels");
            for (var label : List.of("name", "instance", "component", "part-of", "managed-by", "version")) {
                assertThat(labels.path("app.kubernetes.io/" + label).asText())
                        .as("%s of %s", label, Rendered.id(object))
                        .isNotEmpty();
            }
            // Strimzi would hand it on to its pods and roll them when the chart's version changes.
            assertThat(labels.has("helm.sh/chart"))
                    .as("helm.sh/chart of %s", Rendered.id(object))
                    .isEqualTo(!TypedObjects.isStrimzi(object));
        });
    }

    @ParameterizedTest
    @MethodSource("variants")
    void selectorsFindTheirPodsAndPodsCarryNoVersion(Path values) {
        var rendered = Chart.with(values);

        assertThat(rendered.pods())
                .filteredOn(pod -> !Rendered.kind(pod.owner()).equals("Pod"))
                .allSatisfy(pod -> {
                    var labels = pod.metadata().path("labels");
                    pod.owner()
                            .at("/spec/selector/matchLabels")
                            .fields()
                            .forEachRemaining(wanted ->
                                    assertThat(labels.get(wanted.getKey())).isEqualTo(wanted.getValue()));
                    assertThat(labels.has("app.kubernetes.io/version") || labels.has("helm.sh/chart"))
                            .as(pod.toString())
                            .isFalse();
                });
        assertThat(rendered.ofKind("Service"))
                .allSatisfy(service -> assertThat(rendered.pods())
                        .filteredOn(pod -> contains(pod.metadata().path("labels"), service.at("/spec/selector")))
                        .hasSize(1));
    }

    @ParameterizedTest
    @MethodSource("variants")
    void aSinglePodCanBeDrained(Path values) {
        assertThat(Chart.with(values).ofKind("PodDisruptionBudget"))
                .isNotEmpty()
                .allSatisfy(budget -> {
                    assertThat(budget.at("/spec/maxUnavailable").asInt()).isEqualTo(1);
                    assertThat(budget.path("spec").has("minAvailable")).isFalse();
                });
    }

    /** Names, references and all: what a pod mounts or reads is made by this chart, by Strimzi or by the user. */
    @ParameterizedTest
    @MethodSource("variants")
    void everySecretAndConfigMapThatIsReadExistsOrIsBroughtBySomebody(Path values) {
        var rendered = Chart.with(values);
        var brought = Set.of("orders-db-ca", "orders-db-admin", "warehouse-roles", "cdc-token");

        assertThat(rendered.pods()).allSatisfy(pod -> {
            for (var secret : pod.spec().findValues("secretName")) {
                assertKnown(rendered, "Secret", secret.asText(), brought);
            }
            for (var reference : pod.spec().findValues("secretKeyRef")) {
                assertKnown(rendered, "Secret", reference.path("name").asText(), brought);
            }
            for (var volume : pod.spec().findValues("configMap")) {
                assertKnown(rendered, "ConfigMap", volume.path("name").asText(), brought);
            }
        });
    }

    private static void assertKnown(Rendered rendered, String kind, String name, Set<String> brought) {
        var byStrimzi = name.endsWith("-cluster-ca-cert") || rendered.has("KafkaUser", name);
        assertThat(byStrimzi || brought.contains(name) || rendered.has(kind, name))
                .as(kind + "/" + name)
                .isTrue();
    }

    private static boolean contains(JsonNode labels, JsonNode wanted) {
        return wanted.properties().stream().allMatch(entry -> entry.getValue().equals(labels.get(entry.getKey())));
    }
}
