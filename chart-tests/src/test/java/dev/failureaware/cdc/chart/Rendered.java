package dev.failureaware.cdc.chart;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The objects that the chart makes, tests included. */
record Rendered(List<JsonNode> objects) {

    static String kind(JsonNode object) {
        return object.path("kind").asText();
    }

    static String name(JsonNode object) {
        return object.at("/metadata/name").asText();
    }

    static String id(JsonNode object) {
        return kind(object) + "/" + name(object);
    }

    static Stream<JsonNode> items(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    Stream<JsonNode> ofKind(String kind) {
        return objects.stream().filter(object -> kind(object).equals(kind));
    }

    boolean has(String kind, String name) {
        return ofKind(kind).anyMatch(object -> name(object).equals(name));
    }

    JsonNode get(String kind, String name) {
        return ofKind(kind)
                .filter(object -> name(object).equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no " + kind + "/" + name + ", only "
                        + objects.stream().map(Rendered::id).toList()));
    }

    /** A value of the environment of a Deployment's container. */
    String env(String deployment, String variable) {
        return items(get("Deployment", deployment).at("/spec/template/spec/containers/0/env"))
                .filter(entry -> entry.path("name").asText().equals(variable))
                .map(entry -> entry.path("value").asText())
                .findFirst()
                .orElse(null);
    }

    /** One pod as an object's controller would make it. */
    record PodOf(JsonNode owner, JsonNode metadata, JsonNode spec) {
        @Override
        public String toString() {
            return id(owner);
        }

        Stream<JsonNode> containers() {
            return Stream.concat(items(spec.path("containers")), items(spec.path("initContainers")));
        }
    }

    /** The pods that this chart itself describes; Strimzi makes the others. */
    Stream<PodOf> pods() {
        return objects.stream()
                .filter(object ->
                        List.of("Deployment", "StatefulSet", "Job", "Pod").contains(kind(object)))
                .map(object -> {
                    var template = kind(object).equals("Pod") ? object : object.at("/spec/template");
                    return new PodOf(object, template.path("metadata"), template.path("spec"));
                });
    }
}
