package dev.failureaware.cdc.chart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The schemas of Strimzi's resource definitions, made by Strimzi's own generator from its classes, for the version v1. */
final class StrimziSchemas {
    /** What v1 requires beyond what the published generator knows; the API server's answer says so. */
    private static final Map<String, List<String>> ALSO_REQUIRED = Map.of(
            "KafkaConnect",
            List.of("replicas", "groupId", "configStorageTopic", "statusStorageTopic", "offsetStorageTopic"));

    private final Map<String, JsonSchema> byKind = new HashMap<>();

    StrimziSchemas() throws IOException, InterruptedException {
        var folder = Files.createDirectories(Path.of("target/crds"));
        generate(folder);
        var factory = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7);
        for (var kind : TypedObjects.STRIMZI.keySet()) {
            var definition = Chart.YAML.readTree(folder.resolve(kind + ".yaml").toFile());
            var schema = (ObjectNode) Rendered.items(definition.at("/spec/versions"))
                    .filter(version -> version.path("name").asText().equals("v1"))
                    .findFirst()
                    .orElseThrow()
                    .at("/schema/openAPIV3Schema");
            var required = ((ObjectNode) schema.at("/properties/spec")).withArray("required");
            ALSO_REQUIRED.getOrDefault(kind, List.of()).forEach(required::add);
            schema.putArray("required").add("spec");
            close(schema);
            byKind.put(kind, factory.getSchema(schema));
        }
    }

    /** The generator brings libraries of its own, so it runs as the program that it is. */
    private static void generate(Path folder) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                "target/crd-generator.jar" + File.pathSeparator + System.getProperty("java.class.path"),
                "io.strimzi.crdgenerator.CrdGenerator",
                "--target-kube",
                "1.25+",
                "--crd-api-version",
                "v1",
                "--yaml"));
        TypedObjects.STRIMZI.forEach(
                (kind, type) -> command.add(type.getName() + "=" + folder.resolve(kind + ".yaml")));
        var log = folder.resolve("generator.log");
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (process.waitFor() != 0) {
            throw new IllegalStateException(Files.readString(log));
        }
    }

    List<String> problems(JsonNode object) {
        return byKind.get(Rendered.kind(object)).validate(object).stream()
                .map(ValidationMessage::getMessage)
                .sorted()
                .toList();
    }

    /** An API server refuses unknown fields by itself; a validator of JSON Schema has to be told. */
    private static void close(JsonNode schema) {
        if (schema instanceof ObjectNode object) {
            var open = object.path("x-kubernetes-preserve-unknown-fields").asBoolean()
                    || object.has("additionalProperties")
                    || !object.has("properties");
            if (!open) {
                var properties = (ObjectNode) object.get("properties");
                if (properties.has("apiVersion") && !properties.has("metadata")) {
                    properties.putObject("metadata");
                }
                object.put("additionalProperties", false);
            }
            if (object.path("x-kubernetes-int-or-string").asBoolean()) {
                object.putArray("type").add("integer").add("string");
            }
            object.properties().stream()
                    // These only add conditions to the properties beside them.
                    .filter(entry -> !entry.getKey().matches("oneOf|anyOf|allOf|not"))
                    .forEach(entry -> close(entry.getValue()));
        } else if (schema instanceof ArrayNode array) {
            array.forEach(StrimziSchemas::close);
        }
    }
}
