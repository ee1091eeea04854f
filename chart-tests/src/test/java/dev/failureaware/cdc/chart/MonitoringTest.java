package dev.failureaware.cdc.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What is made for Prometheus, Grafana and a collector, and that it asks for nothing that does not exist. */
class MonitoringTest {
    private static final Map<String, Integer> SERVICES =
            Map.of("sink-consumer", 8090, "verifier", 8089, "chaos-injector", 8091, "load-generator", 8092);
    private static final Set<String> WORDS =
            Set.of("by", "without", "on", "ignoring", "or", "and", "unless", "bool", "offset");
    private static final Pattern IDENTIFIER = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*");

    @Test
    void nothingOfItIsThereByDefault() {
        var rendered = Chart.defaults();

        assertThat(rendered.objects())
                .noneMatch(object -> object.path("apiVersion").asText().startsWith("monitoring."));
        assertThat(rendered.has("ConfigMap", "cdc-dashboard")).isFalse();
        assertThat(rendered.pods().map(pod -> pod.spec().toString()))
                .noneMatch(pod -> pod.contains("OTEL_") || pod.contains("LOG_CONSOLE_JSON"));
        SERVICES.forEach((service, port) -> assertThat(
                        rendered.get("NetworkPolicy", "cdc-" + service).toString())
                .doesNotContain("\"monitoring\""));
    }

    @Test
    void theRuleIsTheFileWithAddressesOfRunbooks() throws IOException {
        var file = Chart.FOLDER.resolve("files/alert-rules.yaml");

        var plain = Chart.with(Map.of("monitoring.rules", true)).get("PrometheusRule", "cdc-alerts");
        assertThat(plain.get("spec")).isEqualTo(Chart.YAML.readTree(file.toFile()));

        var linked = Chart.with(
                        Map.of("monitoring.rules", true, "monitoring.runbooks", "https://example.org/operations"))
                .get("PrometheusRule", "cdc-alerts");
        assertThat(linked.findValuesAsText("runbook_url"))
                .hasSizeGreaterThan(10)
                .allMatch(url -> url.startsWith("https://example.org/operations#cdc"));
    }

    @Test
    void theDashboardHasTheSidecarsLabelAndIsJson() throws IOException {
        var map = Chart.with(Map.of("monitoring.dashboard", true)).get("ConfigMap", "cdc-dashboard");

        assertThat(map.at("/metadata/labels/grafana_dashboard").asText()).isEqualTo("1");
        var dashboard =
                new JsonMapper().readTree(map.at("/data/failure-aware-cdc.json").asText());
        assertThat(dashboard).isEqualTo(new JsonMapper().readTree(dashboardFile()));
        var panels = Rendered.items(dashboard.path("panels")).toList();
        assertThat(panels).extracting(panel -> panel.path("id").asInt()).doesNotHaveDuplicates();
        assertThat(panels).allSatisfy(panel -> {
            assertThat(panel.path("title").asText()).isNotEmpty();
            assertThat(panel.path("description").asText()).isNotEmpty();
            assertThat(panel.path("targets")).isNotEmpty();
        });
    }

    @Test
    void everyMetricThatIsAskedForIsListed() throws IOException {
        var listed = listed();

        for (var expression : expressions()) {
            assertThat(metrics(expression))
                    .as(expression)
                    .isNotEmpty()
                    .allSatisfy(
                            metric -> assertThat(listed).as("docs/metrics.md").contains(metric));
        }
    }

    @Test
    void metricsAreFoundInExpressions() {
        assertThat(
                        metrics(
                                "histogram_quantile(0.99, sum by (le, pod) (rate(a_seconds_bucket{x=\"b\", y!~\"c|d\"}[5m]))) > 2 * on (z) e"))
                .containsExactly("a_seconds", "e");
    }

    @Test
    void whoScrapesReachesEachServiceAndNobodyElseDoes() {
        var rendered = Chart.with(Map.of("monitoring.podMonitors", true));

        SERVICES.forEach((service, port) -> assertThat(Rendered.items(
                        rendered.get("NetworkPolicy", "cdc-" + service).at("/spec/ingress")))
                .as(service)
                .anyMatch(rule -> rule.at("/ports/0/port").asInt() == port
                        && rule.path("from").toString().contains("\"kubernetes.io/metadata.name\":\"monitoring\"")));
        var monitor = rendered.get("PodMonitor", "cdc-services");
        assertThat(monitor.at("/spec/podMetricsEndpoints/0/path").asText()).isEqualTo("/q/metrics");
        assertThat(monitor.at("/spec/podMetricsEndpoints/0/port").asText()).isEqualTo("http");
    }

    @Test
    void theCollectorIsReachedByTheSinkConsumerAlone() {
        var rendered = Chart.with(Chart.variants()
                .filter(values -> values.endsWith("monitoring-values.yaml"))
                .findFirst()
                .orElseThrow());

        assertThat(rendered.env("cdc-sink-consumer", "SINK_TRACING")).isEqualTo("true");
        assertThat(rendered.env("cdc-sink-consumer", "OTEL_EXPORTER_OTLP_ENDPOINT"))
                .isEqualTo("http://collector.monitoring:4318");
        assertThat(rendered.ofKind("NetworkPolicy")
                        .filter(policy -> policy.toString().contains("4318")))
                .singleElement()
                .satisfies(policy -> {
                    assertThat(Rendered.name(policy)).isEqualTo("cdc-sink-consumer");
                    assertThat(Rendered.items(policy.at("/spec/egress")))
                            .anyMatch(rule -> rule.at("/ports/0/port").asInt() == 4318
                                    && rule.at("/to/0").has("namespaceSelector"));
                });
    }

    @Test
    void allServicesLogAsJsonWhereOneSettingSaysSo() {
        var rendered = Chart.with(Map.of("logging.json", true));

        for (var service : SERVICES.keySet()) {
            assertThat(rendered.env("cdc-" + service, "QUARKUS_LOG_CONSOLE_JSON_ENABLED"))
                    .isEqualTo("true");
        }
    }

    private static Set<String> listed() throws IOException {
        var names = new TreeSet<String>();
        var row = Pattern.compile("(?m)^\\| `([a-z_]+)` \\|")
                .matcher(Files.readString(Chart.REPOSITORY.resolve("docs/metrics.md")));
        while (row.find()) {
            names.add(row.group(1));
        }
        return names;
    }

    private static String dashboardFile() throws IOException {
        return Files.readString(Chart.FOLDER.resolve("files/dashboard.json"));
    }

    private static List<String> expressions() throws IOException {
        var found =
                new ArrayList<String>(new JsonMapper().readTree(dashboardFile()).findValuesAsText("expr"));
        found.addAll(Chart.YAML
                .readTree(Chart.FOLDER.resolve("files/alert-rules.yaml").toFile())
                .findValuesAsText("expr"));
        assertThat(found).hasSizeGreaterThan(40);
        return found;
    }

    /** What is neither a function nor a word of the language, nor a label; a histogram's and a summary's parts by its name. */
    private static Set<String> metrics(String expression) {
        var bare = expression
                .replaceAll("\"[^\"]*\"", "")
                .replaceAll("\\{[^}]*}", "")
                .replaceAll("\\[[^]]*]", "")
                .replaceAll("\\b(by|without|on|ignoring)\\s*\\([^)]*\\)", "");
        var metrics = new TreeSet<String>();
        var word = IDENTIFIER.matcher(bare);
        while (word.find()) {
            var isFunction = bare.substring(word.end()).stripLeading().startsWith("(");
            if (!isFunction && !WORDS.contains(word.group())) {
                metrics.add(word.group().replaceFirst("_(bucket|sum|count)$", ""));
            }
        }
        return metrics;
    }
}
