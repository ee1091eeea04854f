package dev.failureaware.cdc.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The alert rules: Prometheus takes them, each fires when it should, and each says what to do. */
class AlertRulesTest {
    private static final Path RULES = Chart.FOLDER.resolve("files/alert-rules.yaml");
    private static final Path TESTS = Path.of("src/test/resources/alert-rules-test.yaml");

    private static List<JsonNode> alerts;

    @BeforeAll
    static void read() throws IOException {
        alerts = Rendered.items(Chart.YAML.readTree(RULES.toFile()).path("groups"))
                .flatMap(group -> Rendered.items(group.path("rules")))
                .toList();
        assertThat(alerts).hasSizeGreaterThan(10);
    }

    @Test
    void prometheusTakesThem() throws Exception {
        promtool("check", "rules", RULES.toString());
    }

    @Test
    void theyFireWhenTheyShould() throws Exception {
        promtool("test", "rules", TESTS.toAbsolutePath().toString());
    }

    @Test
    void eachIsTestedBothWays() throws IOException {
        var cases = Rendered.items(Chart.YAML.readTree(TESTS.toFile()).path("tests"))
                .flatMap(test -> Rendered.items(test.path("alert_rule_test")))
                .toList();

        assertThat(alerts).allSatisfy(alert -> {
            var name = alert.path("alert").asText();
            assertThat(cases)
                    .as("fires: " + name)
                    .anyMatch(one -> one.path("alertname").asText().equals(name)
                            && !one.path("exp_alerts").isEmpty());
            assertThat(cases)
                    .as("does not fire: " + name)
                    .anyMatch(one -> one.path("alertname").asText().equals(name)
                            && one.path("exp_alerts").isEmpty());
        });
    }

    @Test
    void eachHasItsSectionInTheRunbook() throws IOException {
        var runbook = Files.readAllLines(Chart.REPOSITORY.resolve("docs/operations.md"));

        assertThat(alerts).allSatisfy(alert -> {
            var name = alert.path("alert").asText();
            assertThat(runbook).contains("### " + name);
            assertThat(alert.at("/annotations/runbook_url").asText())
                    .isEqualTo("docs/operations.md#" + name.toLowerCase(java.util.Locale.ROOT));
            assertThat(alert.at("/labels/severity").asText()).isIn("warning", "critical");
            assertThat(alert.at("/annotations/summary").asText()).isNotEmpty();
        });
    }

    private static void promtool(String... arguments) throws IOException, InterruptedException {
        var found = Stream.of(System.getenv("PATH").split(java.io.File.pathSeparator))
                .map(folder -> Path.of(folder, "promtool"))
                .filter(Files::isExecutable)
                .findFirst();
        if (!Boolean.getBoolean("require.promtool")) {
            assumeTrue(found.isPresent(), "promtool is not in the PATH (Debian: apt-get install prometheus)");
        }
        var command = new ArrayList<>(List.of(found.orElseThrow(() -> new AssertionError("promtool is not in the PATH"))
                .toString()));
        command.addAll(List.of(arguments));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(output).isZero();
    }
}
