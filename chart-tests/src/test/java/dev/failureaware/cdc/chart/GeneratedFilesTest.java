package dev.failureaware.cdc.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that repeat the chart are made from it: {@code make render} writes them, a test compares. */
class GeneratedFilesTest {
    private static final boolean WRITE = Boolean.getBoolean("render");

    @Test
    void everyValueIsExplained() throws IOException {
        assertThat(new ValuesReference().undocumented()).isEmpty();
    }

    @Test
    void readme() throws IOException {
        var head = Files.readString(Path.of("src/test/resources/readme-head.md"));

        assertSame(Chart.FOLDER.resolve("README.md"), head + new ValuesReference().markdown());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "trigger-restart",
                "trigger-lag",
                "trigger-schema",
                "trigger-duplicate",
                "trigger-backfill",
                "run-scenario"
            })
    void job(String name) throws IOException {
        var job = Chart.with(Map.of("jobs.render", true)).get("Job", "cdc-" + name);

        assertSame(Chart.REPOSITORY.resolve("k8s/jobs").resolve(name + ".yaml"), """
                # Rendered from helm/failure-aware-cdc by `make render`, for the release cdc in the namespace cdc.
                # Once more: kubectl replace --force -f k8s/jobs/%s.yaml
                %s""".formatted(name, yaml(job)));
    }

    private static String yaml(JsonNode object) throws IOException {
        var plain = object.deepCopy();
        // It is applied by hand, so it belongs to no release and no version of the chart.
        ((com.fasterxml.jackson.databind.node.ObjectNode) plain.get("metadata")).put("namespace", Chart.NAMESPACE);
        var writer = YAMLMapper.builder()
                .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                .disable(YAMLGenerator.Feature.SPLIT_LINES)
                .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
                .build();
        return withoutOwner(writer.writeValueAsString(plain));
    }

    private static String withoutOwner(String yaml) {
        return yaml.replaceAll("(?m)^ *helm.sh/chart: .*\n", "")
                .replace("app.kubernetes.io/managed-by: Helm", "app.kubernetes.io/managed-by: kubectl");
    }

    private static void assertSame(Path file, String wanted) throws IOException {
        if (WRITE) {
            Files.writeString(file, wanted);
        }
        assertThat(file)
                .as("run `make render` and commit " + file.getFileName())
                .exists();
        assertThat(Files.readString(file))
                .as("run `make render` and commit the change")
                .isEqualTo(wanted);
    }
}
