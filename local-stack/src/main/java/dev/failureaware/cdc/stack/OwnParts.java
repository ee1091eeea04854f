package dev.failureaware.cdc.stack;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a user puts in place of the example's: tables, settings of the connector, a sink. By environment variables, which are
 * judged before anything is started.
 *
 * @param sourceSql run by the tables' owner after the example's tables are there, at every start
 * @param sinkSql run by the sink's role at every start, before anything is applied
 * @param connectorConfig laid over the project's settings
 * @param plugins folder of plugin folders, for connectors beside Debezium's
 * @param leftOut services that are not started
 */
record OwnParts(
        Optional<Path> sourceSql,
        Optional<Path> sinkSql,
        Optional<ObjectNode> connectorConfig,
        Optional<Path> plugins,
        Set<Part> leftOut) {

    /** Begins like the sink-consumer's settings, and is none. */
    static final String SINK_SQL = "SINK_SQL";

    /** What the stack itself sets, or its services are told by name: another value would part them from the connector. */
    private static final Set<String> FIXED = Set.of(
            "database.hostname",
            "database.port",
            "database.dbname",
            "database.user",
            "database.password",
            "topic.prefix",
            "publication.name",
            "slot.name");

    static OwnParts of(Map<String, String> environment) {
        return new OwnParts(
                file("SOURCE_SQL", environment),
                file(SINK_SQL, environment),
                file("CONNECTOR_CONFIG", environment).map(OwnParts::connectorConfig),
                path("CONNECT_PLUGINS", environment).map(OwnParts::folder),
                leftOut(environment.getOrDefault("LEAVE_OUT", "")));
    }

    /** Those that are started of these. */
    Set<Part> of(Set<Part> parts) {
        var left = EnumSet.copyOf(parts);
        left.removeAll(leftOut);
        return left;
    }

    /** The settings with the user's own laid over them; null takes one away. */
    void applyTo(ObjectNode settings) {
        connectorConfig.ifPresent(own -> own.properties().forEach(setting -> {
            if (setting.getValue().isNull()) {
                settings.remove(setting.getKey());
            } else {
                settings.put(setting.getKey(), setting.getValue().asText());
            }
        }));
    }

    private static ObjectNode connectorConfig(Path file) {
        try {
            if (Json.parse(Files.readString(file)) instanceof ObjectNode settings) {
                settings.properties().forEach(setting -> {
                    if (!setting.getValue().isValueNode()) {
                        throw refused(file, setting.getKey() + " is no single value; Connect's settings are texts");
                    }
                    if (FIXED.contains(setting.getKey())) {
                        throw refused(file, setting.getKey() + " is set by the stack and cannot be changed here");
                    }
                });
                return settings;
            }
            throw refused(file, "it is no JSON object of connector settings");
        } catch (IOException | IllegalArgumentException e) {
            throw refused(file, e.getMessage());
        }
    }

    private static StackException refused(Path file, String why) {
        return StackException.badInput("CONNECTOR_CONFIG=%s: %s".formatted(file, why));
    }

    private static Optional<Path> path(String variable, Map<String, String> environment) {
        var value = environment.getOrDefault(variable, "");
        return value.isBlank() ? Optional.empty() : Optional.of(Path.of(value).toAbsolutePath());
    }

    private static Optional<Path> file(String variable, Map<String, String> environment) {
        var path = path(variable, environment);
        if (path.isPresent() && !Files.isRegularFile(path.get())) {
            throw StackException.badInput("%s=%s: there is no such file".formatted(variable, path.get()));
        }
        return path;
    }

    private static Path folder(Path path) {
        if (!Files.isDirectory(path)) {
            throw StackException.badInput("CONNECT_PLUGINS=%s: there is no such folder".formatted(path));
        }
        return path;
    }

    private static Set<Part> leftOut(String names) {
        return Arrays.stream(names.split(","))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .map(name -> Part.of(name)
                        .filter(Part.services()::contains)
                        .orElseThrow(() -> StackException.badInput("LEAVE_OUT=%s: %s cannot be left out; allowed: %s"
                                .formatted(
                                        names,
                                        name,
                                        Part.services().stream()
                                                .map(Part::label)
                                                .collect(Collectors.joining(", "))))))
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Part.class)));
    }
}
