package dev.failureaware.cdc.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.failureaware.cdc.chaos.platform.CallFailedException;
import dev.failureaware.cdc.chaos.platform.ConnectRest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/** Versions and settings under which a run took place, as the running parts tell them. What is not told is left out. */
final class Surroundings {
    private static final Logger LOG = Logger.getLogger(Surroundings.class);
    private static final Pattern SECRET =
            Pattern.compile("password|passwd|secret|token|credential|jaas|private.?key", Pattern.CASE_INSENSITIVE);

    private final ConnectRest connect;
    private final SourceDatabase source;
    private final LoadClient load;
    private final String projectVersion;

    Surroundings(ConnectRest connect, SourceDatabase source, LoadClient load, String projectVersion) {
        this.connect = connect;
        this.source = source;
        this.load = load;
        this.projectVersion = projectVersion;
    }

    @FunctionalInterface
    private interface Question<T> {
        T ask() throws CallFailedException, InterruptedException;
    }

    /** @param connectorConfig with secrets masked */
    record Measured(
            Map<String, String> versions, Map<String, String> connectorConfig, Double loadRate, Long loadSeed) {}

    Measured measure(Optional<VerificationReport> verification) {
        var config = config();
        var stats = ask("load generator's stats", load::stats).orElse(MissingNode.getInstance());
        return new Measured(
                versions(config.getOrDefault("connector.class", ""), verification),
                config,
                stats.path("rate").isNumber() ? stats.path("rate").doubleValue() : null,
                stats.path("seed").isNumber() ? stats.path("seed").longValue() : null);
    }

    private Map<String, String> versions(String connectorClass, Optional<VerificationReport> verification) {
        var versions = new LinkedHashMap<String, String>();
        ask("source's version", source::version).ifPresent(version -> versions.put("postgresql_source", version));
        verification
                .flatMap(VerificationReport::sinkVersion)
                .ifPresent(version -> versions.put("postgresql_sink", version));
        ask("Kafka's version", connect::kafkaVersion).ifPresent(version -> versions.put("kafka", version));
        ask("Debezium's version", () -> connect.pluginVersion(connectorClass).orElse(null))
                .ifPresent(version -> versions.put("debezium", version));
        versions.put("java", System.getProperty("java.version"));
        versions.put("project", projectVersion);
        return versions;
    }

    private Map<String, String> config() {
        var masked = new TreeMap<String, String>();
        var config = ask("connector's settings", connect::config).orElse(MissingNode.getInstance());
        config.fields().forEachRemaining(field -> masked.put(field.getKey(), masked(field.getKey(), field.getValue())));
        return masked;
    }

    private static String masked(String key, JsonNode value) {
        return SECRET.matcher(key).find() ? "********" : value.asText();
    }

    private static <T> Optional<T> ask(String what, Question<T> question) {
        try {
            return Optional.ofNullable(question.ask());
        } catch (CallFailedException e) {
            LOG.warnf("report without the %s: %s", what, e.getMessage());
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
