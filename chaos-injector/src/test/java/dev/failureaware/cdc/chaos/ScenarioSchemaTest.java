package dev.failureaware.cdc.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The schema, the reader and the reference in docs/ say the same. */
class ScenarioSchemaTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final JsonNode SCHEMA = schema();
    private static final JsonSchema VALIDATOR =
            JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(SCHEMA);
    private static final Path REFERENCE = Path.of("../docs/scenario-reference.md");

    /** Put in the place of every value of a document, one at a time. */
    private static final List<String> VALUES = List.of(
            "null",
            "true",
            "''",
            "' '",
            "'x'",
            "'lag'",
            "'Lag'",
            "'full'",
            "'row_count_match'",
            "'a.b'",
            "'a.b.c'",
            "'a b'",
            "'_cdc_x'",
            "'9x'",
            "'Tier'",
            "'" + "c".repeat(59) + "'",
            "'" + "c".repeat(60) + "'",
            "-1",
            "0",
            "0.001",
            "0.0009",
            "1",
            "1.5",
            "20.0",
            "3600",
            "3600.5",
            "10000",
            "10001",
            "86400",
            "86401",
            "1e9",
            "1e400",
            "99999999999999999999",
            "[]",
            "[1]",
            "['x']",
            "[{}]",
            "[{'name':'row_count_match'}]",
            "[{'name':'luck'}]",
            "{}",
            "{'rows':0}",
            "{'id':'y','type':'schema'}");

    private static final String EVERY_FIELD = """
        {'$schema':'s','id':'x','name':'n','description':'d','version':'1','unknown':1,
         'failures':[{'id':'a','type':'restart','delay_seconds':1,'description':'d','expected_outcome':'e'},
          {'id':'b','type':'lag','duration_seconds':2,'unknown':1},
          {'id':'c','type':'backfill','rows':3,'parameters':{'rows':4,'column':'c','duration_seconds':5,'unknown':1}},
          {'id':'d','type':'schema','column':'tier','parameters':{}}],
         'verification':{'tables':['customers','public.orders'],'comparison_mode':'full','tolerance_seconds':30,
          'checks':[{'name':'no_orphans','description':'d'}],'unknown':1}}\
        """;

    private static JsonNode schema() {
        try (var schema = ScenarioSchemaTest.class.getResourceAsStream("/scenario.schema.json")) {
            return JSON.readTree(schema);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    static Stream<Path> scenarios() throws IOException {
        try (var files = Files.list(Path.of("../scenarios"))) {
            return Stream.concat(Stream.of(Path.of("../scenario.json")), files.sorted().toList().stream());
        }
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void every_scenario_of_this_repository_is_accepted_without_a_warning(Path file) throws Exception {
        assertThat(VALIDATOR.validate(JSON.readTree(file.toFile()))).isEmpty();
        assertThat(ScenarioReader.read(file).warnings()).isEmpty();
    }

    @Test
    void schema_and_reader_accept_and_refuse_the_same_documents() throws Exception {
        var accepted = 0;
        var refused = 0;
        var bases =
                new ArrayList<>(List.of(text(EVERY_FIELD), text("{'id':'x','failures':[{'id':'a','type':'lag'}]}")));
        bases.add(Files.readString(Path.of("../scenario.json")));
        for (var base : bases) {
            for (var document : variants(base)) {
                var bySchema = VALIDATOR.validate(JSON.readTree(document));
                var byReader = refusal(document);
                assertThat(bySchema.isEmpty())
                        .as("%s%n  schema: %s%n  reader: %s", document, bySchema, byReader)
                        .isEqualTo(byReader.isEmpty());
                accepted += bySchema.isEmpty() ? 1 : 0;
                refused += bySchema.isEmpty() ? 0 : 1;
            }
        }
        assertThat(accepted).as("accepted variants").isGreaterThan(200);
        assertThat(refused).as("refused variants").isGreaterThan(1000);
    }

    @Test
    void the_schemas_defaults_are_the_readers() throws Exception {
        var read = JSON.<JsonNode>valueToTree(
                ScenarioReader.read("test", text("{'id':'x','failures':[{'id':'a','type':'lag'}]}"))
                        .scenario());

        var compared = defaults(SCHEMA, read)
                + defaults(SCHEMA.at("/$defs/failure"), read.at("/failures/0"))
                + defaults(SCHEMA.at("/$defs/verification"), read.path("verification"));

        assertThat(compared).as("defaults compared").isGreaterThan(9);
    }

    private static int defaults(JsonNode schema, JsonNode read) {
        var compared = 0;
        for (var property : schema.path("properties").properties()) {
            var described = resolved(property.getValue());
            if (described.has("default")) {
                var found = read.path(property.getKey());
                var value = property.getKey().equals("checks") ? names(found) : found;
                assertThat(
                                value.isNumber()
                                        ? JSON.getNodeFactory()
                                                .numberNode(value.decimalValue().stripTrailingZeros())
                                                .asText()
                                        : value.toString())
                        .as(property.getKey())
                        .isEqualTo(
                                described.path("default").isNumber()
                                        ? JSON.getNodeFactory()
                                                .numberNode(described
                                                        .path("default")
                                                        .decimalValue()
                                                        .stripTrailingZeros())
                                                .asText()
                                        : described.path("default").toString());
                compared++;
            }
        }
        return compared;
    }

    private static ArrayNode names(JsonNode checks) {
        var names = JSON.createArrayNode();
        checks.forEach(check -> names.add(check.path("name")));
        return names;
    }

    /** The reference's tables are made from the schema; a difference shows what they should be. */
    @Test
    void the_reference_has_every_field_as_the_schema_describes_it() throws IOException {
        var reference = Files.readString(REFERENCE);

        assertThat(reference).contains(table(SCHEMA));
        assertThat(reference).contains(table(SCHEMA.at("/$defs/failure")));
        assertThat(reference).contains(table(SCHEMA.at("/$defs/verification")));
        assertThat(reference).contains(table(SCHEMA.at("/$defs/verification/properties/checks/items")));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void the_references_examples_are_accepted_without_a_warning(int n) throws Exception {
        var example = Files.readString(REFERENCE).split("```json\n")[n].split("```")[0];

        assertThat(ScenarioReader.read(REFERENCE + ", example " + n, example).warnings())
                .isEmpty();
    }

    private static String table(JsonNode schema) {
        var required = new ArrayList<String>();
        schema.path("required").forEach(name -> required.add(name.asText()));
        var table = new StringBuilder("| field | type | default | allowed | meaning |\n|---|---|---|---|---|\n");
        for (var property : schema.path("properties").properties()) {
            var described = resolved(property.getValue());
            table.append("| `%s` | %s | %s | %s | %s |\n"
                    .formatted(
                            property.getKey(),
                            type(described),
                            required.contains(property.getKey()) ? "required" : byDefault(described),
                            allowed(described),
                            described.path("description").asText()));
        }
        return table.toString();
    }

    private static JsonNode resolved(JsonNode property) {
        var reference = property.path("$ref").asText("");
        return reference.isEmpty() ? property : SCHEMA.at(reference.substring(1));
    }

    private static String type(JsonNode property) {
        if (property.has("enum")) {
            return "text";
        }
        if (property.has("oneOf")) {
            return "object";
        }
        var types = new ArrayList<String>();
        var declared = property.path("type");
        (declared.isArray() ? declared : JSON.createArrayNode().add(declared))
                .forEach(type -> types.add(type.asText()));
        types.remove("null");
        return String.join(" or ", types)
                .replace("string", "text")
                .replace("integer", "whole number")
                .replace("array", "list");
    }

    private static String byDefault(JsonNode property) {
        if (!property.has("default") || property.path("default").toString().equals("\"\"")) {
            return "";
        }
        return "`" + property.path("default").toString().replace("\"", "").replace(",", ", ") + "`";
    }

    private static String allowed(JsonNode property) {
        var values = property.has("enum") ? property.path("enum") : property.at("/items/properties/name/enum");
        if (!values.isMissingNode()) {
            var names = new ArrayList<String>();
            values.forEach(value -> names.add("`" + value.asText() + "`"));
            return String.join(", ", names);
        }
        if (property.has("minimum")) {
            return property.path("minimum").asText() + " to "
                    + property.path("maximum").asText();
        }
        if (property.path("pattern").asText("").equals("\\S")) {
            return "not blank";
        }
        return property.has("pattern")
                ? "`a-z`, `0-9`, `_`; begins with none of `0-9`, `_cdc_`"
                : property.has("minItems") ? "at least one" : "";
    }

    /** The document, and for each value in it: without it, and with each other value in its place. */
    private static List<String> variants(String base) throws IOException {
        var variants = new ArrayList<>(List.of(base));
        for (var path : paths(JSON.readTree(base), "")) {
            for (var value : VALUES) {
                var root = JSON.readTree(base);
                put(root, path, JSON.readTree(text(value)));
                variants.add(root.toString());
            }
            var root = JSON.readTree(base);
            remove(root, path);
            variants.add(root.toString());
        }
        return variants;
    }

    private static List<String> paths(JsonNode node, String at) {
        var paths = new ArrayList<String>();
        if (node instanceof ObjectNode object) {
            object.properties().forEach(property -> {
                paths.add(at + "/" + property.getKey());
                paths.addAll(paths(property.getValue(), at + "/" + property.getKey()));
            });
        } else if (node instanceof ArrayNode list) {
            for (var n = 0; n < list.size(); n++) {
                paths.add(at + "/" + n);
                paths.addAll(paths(list.get(n), at + "/" + n));
            }
        }
        return paths;
    }

    private static void put(JsonNode root, String path, JsonNode value) {
        var parent = parent(root, path);
        if (parent instanceof ObjectNode object) {
            object.set(last(path), value);
        } else {
            ((ArrayNode) parent).set(Integer.parseInt(last(path)), value);
        }
    }

    private static void remove(JsonNode root, String path) {
        var parent = parent(root, path);
        if (parent instanceof ObjectNode object) {
            object.remove(last(path));
        } else {
            ((ArrayNode) parent).remove(Integer.parseInt(last(path)));
        }
    }

    private static JsonNode parent(JsonNode root, String path) {
        return root.at(path.substring(0, path.lastIndexOf('/')));
    }

    private static String last(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static String refusal(String document) {
        try {
            ScenarioReader.read("test", document);
            return "";
        } catch (ScenarioException e) {
            return e.getMessage();
        }
    }

    private static String text(String json) {
        return json.replace('\'', '"');
    }
}
