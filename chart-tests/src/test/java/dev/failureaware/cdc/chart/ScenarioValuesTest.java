package dev.failureaware.cdc.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The chart refuses a scenario at its installation that the injector would refuse when it is run. */
class ScenarioValuesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonNode INJECTORS = read("chaos-injector/src/main/resources/scenario.schema.json");
    private static final JsonNode CHARTS = read("helm/failure-aware-cdc/values.schema.json");

    private static JsonNode read(String file) {
        try {
            return JSON.readTree(Files.readString(Chart.REPOSITORY.resolve(file)));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void everyFieldHasTheBoundsOfTheInjectorsSchema() {
        var charts = new TreeMap<String, String>();
        bounds(CHARTS, CHARTS.at("/properties/scenario"), "", charts);
        var injectors = new TreeMap<String, String>();
        bounds(INJECTORS, INJECTORS, "", injectors);

        assertThat(injectors).hasSizeGreaterThan(20);
        assertThat(charts).isEqualTo(injectors);
    }

    private static void bounds(JsonNode root, JsonNode schema, String at, TreeMap<String, String> found) {
        var described = resolved(root, schema);
        for (var property : described.path("properties").properties()) {
            var path = at + "/" + property.getKey();
            var field = resolved(root, property.getValue());
            var bounds = new StringBuilder();
            for (var bound : new String[] {"minimum", "maximum", "minItems", "enum", "pattern", "not"}) {
                bounds.append(field.has(bound) ? bound + " " + field.get(bound) + " " : "");
            }
            found.put(path, bounds.toString());
            bounds(root, field, path, found);
            bounds(root, resolved(root, field.path("items")), path, found);
        }
    }

    private static JsonNode resolved(JsonNode root, JsonNode schema) {
        var reference = schema.path("$ref").asText(schema.at("/oneOf/0/$ref").asText(""));
        return reference.isEmpty() ? schema : root.at(reference.substring(1));
    }
}
