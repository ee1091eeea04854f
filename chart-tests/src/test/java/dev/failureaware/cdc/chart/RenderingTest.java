package dev.failureaware.cdc.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every variant of the values gives objects that Kubernetes and Strimzi know. */
class RenderingTest {
    private static StrimziSchemas schemas;

    @BeforeAll
    static void schemas() throws Exception {
        schemas = new StrimziSchemas();
    }

    static Stream<Path> variants() {
        return Chart.variants();
    }

    @ParameterizedTest
    @MethodSource("variants")
    void lintFindsNothing(Path values) {
        var result = Chart.lint(values);

        assertThat(result.isFailed()).as(result.getMessages().toString()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("variants")
    void everyObjectIsOfAKnownKindAndHasOnlyKnownFields(Path values) {
        assertThat(Chart.with(values).objects())
                // The Prometheus operator's; its classes are no part of what we use.
                .filteredOn(object -> !object.path("apiVersion").asText().startsWith("monitoring.coreos.com/"))
                .isNotEmpty()
                .allSatisfy(object -> assertThatCode(() -> TypedObjects.parse(object))
                        .as(Rendered.id(object))
                        .doesNotThrowAnyException());
    }

    @ParameterizedTest
    @MethodSource("variants")
    void strimzisDefinitionsAcceptItsResources(Path values) {
        assertThat(Chart.with(values).objects())
                .filteredOn(TypedObjects::isStrimzi)
                .hasSizeGreaterThanOrEqualTo(5)
                .allSatisfy(object -> assertThat(schemas.problems(object))
                        .as(Rendered.id(object))
                        .isEmpty());
    }

    @ParameterizedTest
    @MethodSource("variants")
    void noTwoObjectsHaveTheSameName(Path values) {
        var seen = new HashSet<String>();

        assertThat(Chart.with(values).objects())
                .allSatisfy(object -> assertThat(seen.add(Rendered.id(object)))
                        .as(Rendered.id(object))
                        .isTrue());
    }

    @Test
    void thePodOfHelmTestIsAHookThatReplacesItsPredecessor() throws IOException {
        assertThat(Files.readString(Chart.FOLDER.resolve("templates/tests/verify.yaml")))
                .contains("helm.sh/hook: test", "helm.sh/hook-delete-policy: before-hook-creation");
        assertThat(Chart.defaults().get("Pod", "cdc-verify").at("/metadata").has("annotations"))
                .isFalse();
    }

    @Test
    void theTestsOfFieldsFindAMistake() {
        var rendered = Chart.defaults();
        var deployment = (ObjectNode) rendered.get("Deployment", "cdc-verifier").deepCopy();
        ((ObjectNode) deployment.at("/spec/template/spec")).put("hostNetwrok", true);
        var connect = (ObjectNode) rendered.get("KafkaConnect", "cdc").deepCopy();
        ((ObjectNode) connect.get("spec")).put("replica", 1).remove("groupId");

        assertThatThrownBy(() -> TypedObjects.parse(deployment)).hasMessageContaining("hostNetwrok");
        assertThatThrownBy(() -> TypedObjects.parse(connect)).hasMessageContaining("replica");
        assertThat(schemas.problems(connect))
                .anyMatch(problem -> problem.contains("replica"))
                .anyMatch(problem -> problem.contains("groupId"));
    }

    @Test
    void thePackageHoldsTheFilesThatTheChartLinksTo(@TempDir Path folder) throws IOException {
        new com.marcnuri.helm.Helm(Chart.FOLDER)
                .packageIt()
                .withDestination(folder)
                .call();

        try (var archives = Files.list(folder)) {
            var names = new HashSet<String>();
            try (var tar = new TarArchiveInputStream(new GZIPInputStream(
                    Files.newInputStream(archives.findFirst().orElseThrow())))) {
                for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                    assertThat(entry.getSize()).as(entry.getName()).isPositive();
                    names.add(entry.getName().replaceFirst("^[^/]*/", ""));
                }
            }
            assertThat(names)
                    .contains(
                            "files/source/roles.sql",
                            "files/source/schema.sql",
                            "files/source/seed.sql",
                            "files/sink/roles.sql",
                            "files/scenario.json",
                            "files/debezium-postgres.json",
                            "files/set-up.sh",
                            "files/alert-rules.yaml",
                            "files/dashboard.json",
                            "values.schema.json")
                    .noneMatch(name -> name.startsWith("ci/"));
        }
    }
}
