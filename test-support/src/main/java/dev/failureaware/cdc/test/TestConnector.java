package dev.failureaware.cdc.test;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * The real Debezium connector on a real Connect worker, with the project's own settings file and no more changed than a test
 * has to: addresses, names that must be its own, and the tables. Closing it removes the connector and its replication slot.
 */
public final class TestConnector implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final TestDatabase source;
    private final String url;
    private final Path log;

    private TestConnector(TestDatabase source, String url, Path log) {
        this.source = source;
        this.url = url;
        this.log = log;
    }

    /**
     * Deploys the connector and waits until its task runs. The source must have {@link TestDatabase#withSourceSchema()}.
     *
     * @param source entered as superuser; the connector itself enters as its own role
     * @param tables regular expressions of {@code schema.table}, separated by commas
     * @param changed further settings, in place of those of the file
     */
    public static TestConnector deploy(
            String kafka, TestDatabase source, String topicPrefix, String tables, Map<String, String> changed) {
        var worker = EmbeddedServers.connectWorker(kafka);
        return deploy(worker.get(0), Path.of(worker.get(1)), source, topicPrefix, tables, changed);
    }

    /** The same on a worker of the test's own, which it may kill. */
    public static TestConnector deploy(
            ConnectProcess worker,
            TestDatabase source,
            String topicPrefix,
            String tables,
            Map<String, String> changed) {
        return deploy(worker.url(), worker.log(), source, topicPrefix, tables, changed);
    }

    private static TestConnector deploy(
            String url, Path log, TestDatabase source, String topicPrefix, String tables, Map<String, String> changed) {
        var connector = new TestConnector(source, url + "/connectors/" + source.name(), log);
        connector.send("PUT", "/config", settings(source, topicPrefix, tables).setAll(values(changed)));
        connector.awaitRunning();
        return connector;
    }

    private static ObjectNode settings(TestDatabase source, String topicPrefix, String tables) {
        try {
            var settings =
                    (ObjectNode) JSON.readTree(Files.readString(Repository.file("connector/debezium-postgres.json")));
            var replicator = source.as(settings.get("database.user").textValue());
            return settings.put("database.hostname", source.host())
                    .put("database.port", Integer.toString(source.port()))
                    .put("database.dbname", source.name())
                    .put("database.password", replicator.password())
                    .put("slot.name", source.name())
                    .put("topic.prefix", topicPrefix)
                    .put("notification.sink.topic.name", topicPrefix + ".notifications")
                    .put("table.include.list", tables);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ObjectNode values(Map<String, String> settings) {
        var node = JSON.createObjectNode();
        settings.forEach(node::put);
        return node;
    }

    /** Changes settings, which restarts the task. */
    public void change(Map<String, String> changed) {
        var settings = (ObjectNode) send("GET", "/config", null);
        send("PUT", "/config", settings.setAll(values(changed)));
        awaitRunning();
    }

    /** A true re-snapshot: stop, forget the offsets, go on. */
    public void snapshotAgain() {
        snapshotAgain(() -> {});
    }

    /** The same; what is done in between no event tells of but the snapshot. */
    public void snapshotAgain(Runnable unseen) {
        send("PUT", "/stop", null);
        await("STOPPED");
        unseen.run();
        send("DELETE", "/offsets", null);
        send("PUT", "/resume", null);
        awaitRunning();
    }

    public void awaitRunning() {
        await("RUNNING");
    }

    /** The same after the worker was killed: what has failed meanwhile is restarted. */
    public void awaitRunningAgain() {
        var deadline = Instant.now().plus(PATIENCE);
        while (!hasReached(status(), "RUNNING")) {
            if (Instant.now().isAfter(deadline)) {
                throw new IllegalStateException("the connector does not run again: " + status() + "\n" + log());
            }
            restartFailed();
            pause();
        }
    }

    private void await(String state) {
        var deadline = Instant.now().plus(PATIENCE);
        var status = status();
        while (!hasReached(status, state)) {
            if (status.findValuesAsText("state").contains("FAILED")
                    || Instant.now().isAfter(deadline)) {
                throw new IllegalStateException("the connector is not " + state + ": " + status + "\n" + log());
            }
            pause();
            status = status();
        }
    }

    /** A connector that runs says nothing of its task, so that is asked too. */
    private static boolean hasReached(JsonNode status, String state) {
        return status.path("connector").path("state").asText().equals(state)
                && (state.equals("STOPPED")
                        || status.path("tasks").path(0).path("state").asText().equals(state));
    }

    private JsonNode status() {
        return send("GET", "/status", null);
    }

    /** What the worker says of the connector and its task, as it says it. */
    public String state() {
        return status().toString();
    }

    /** Restarts what has failed, if anything has, as an operator of a cluster does. */
    public void restartFailed() {
        if (status().findValuesAsText("state").contains("FAILED")) {
            send("POST", "/restart?includeTasks=true&onlyFailed=true", null);
        }
    }

    /** Everything that the worker has logged so far. */
    public String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        send("DELETE", "", null);
        var deadline = Instant.now().plus(PATIENCE);
        while (isSlotActive()) {
            if (Instant.now().isAfter(deadline)) {
                throw new IllegalStateException("the connector holds its slot: " + log());
            }
            pause();
        }
        source.query("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '"
                + source.name() + "'");
    }

    private boolean isSlotActive() {
        return source.count("pg_replication_slots WHERE active AND slot_name = '" + source.name() + "'") > 0;
    }

    /** Tries again what the worker refuses while it is busy with a rebalance, or has not begun what was asked before. */
    private JsonNode send(String method, String path, JsonNode body) {
        var request = HttpRequest.newBuilder(URI.create(url + path))
                .header("Content-Type", "application/json")
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body.toString()))
                .build();
        var deadline = Instant.now().plus(PATIENCE);
        var answer = exchange(request);
        while (answer.statusCode() == 409
                || answer.statusCode() >= 500
                || answer.statusCode() == 404 && method.equals("GET")) {
            if (Instant.now().isAfter(deadline)) {
                throw new IllegalStateException(method + " " + path + ": " + answer.body() + "\n" + log());
            }
            pause();
            answer = exchange(request);
        }
        if (answer.statusCode() >= 400) {
            throw new IllegalStateException(method + " " + path + ": " + answer.body());
        }
        try {
            return answer.body().isEmpty() ? JSON.createObjectNode() : JSON.readTree(answer.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static HttpResponse<String> exchange(HttpRequest request) {
        try {
            return HTTP.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void pause() {
        try {
            Thread.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
