package dev.failureaware.cdc.chaos.platform;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The connector through Kafka Connect's REST interface, which alone knows how it is. */
public final class ConnectRest {
    private final HttpJson http;
    private final String connector;
    private final Time time;
    private final Duration limit;

    /** @param limit of each wait for a state */
    public ConnectRest(HttpJson http, String connector, Time time, Duration limit) {
        this.http = http;
        this.connector = connector;
        this.time = time;
        this.limit = limit;
    }

    /** @param tasks one state per task; a connector can be RUNNING while its task is FAILED */
    public record State(String connector, List<String> tasks) {
        public boolean running() {
            return connector.equals("RUNNING")
                    && !tasks.isEmpty()
                    && tasks.stream().allMatch("RUNNING"::equals);
        }

        public boolean stopped() {
            return connector.equals("STOPPED") && tasks.isEmpty();
        }

        /** Wanted to run, whether or not it does. */
        public boolean resumed() {
            return !connector.equals("STOPPED") && !connector.equals("PAUSED");
        }

        @Override
        public String toString() {
            return connector + " " + tasks;
        }
    }

    public State state() throws CallFailedException, InterruptedException {
        var status = http.get(path("/status"));
        var tasks = new ArrayList<String>();
        status.path("tasks").forEach(task -> tasks.add(task.path("state").asText()));
        return new State(status.path("connector").path("state").asText(), tasks);
    }

    /** Host and port of the worker that runs the first task; empty when there is none. */
    public Optional<String> hostOfTask() throws CallFailedException, InterruptedException {
        return Optional.ofNullable(http.get(path("/status"))
                .path("tasks")
                .path(0)
                .path("worker_id")
                .asText(null));
    }

    public void awaitRunning() throws CallFailedException, InterruptedException {
        time.await("connector and task RUNNING", limit, () -> asExpected(state().running()));
    }

    /** A rebalance makes Connect refuse requests for a moment, hence the repetition. */
    public void stop() throws CallFailedException, InterruptedException {
        time.await("PUT /stop", limit, () -> done("PUT", "/stop"));
        time.await("connector STOPPED", limit, () -> asExpected(state().stopped()));
    }

    /** Returns once Connect wants the connector to run; not necessarily running yet. */
    public void resume() throws CallFailedException, InterruptedException {
        time.await("PUT /resume", limit, () -> done("PUT", "/resume"));
        time.await("connector resumed", limit, () -> asExpected(state().resumed()));
    }

    /** One entry per source partition that has an offset. */
    public List<JsonNode> offsets() throws CallFailedException, InterruptedException {
        var offsets = new ArrayList<JsonNode>();
        http.get(path("/offsets")).path("offsets").forEach(offsets::add);
        return offsets;
    }

    public void deleteOffsets() throws CallFailedException, InterruptedException {
        time.await("DELETE /offsets", limit, () -> done("DELETE", "/offsets"));
    }

    public JsonNode config() throws CallFailedException, InterruptedException {
        return http.get(path("/config"));
    }

    public String kafkaVersion() throws CallFailedException, InterruptedException {
        return http.get("/").path("version").asText(null);
    }

    public Optional<String> pluginVersion(String pluginClass) throws CallFailedException, InterruptedException {
        for (var plugin : http.get("/connector-plugins")) {
            if (plugin.path("class").asText().equals(pluginClass)) {
                return Optional.ofNullable(plugin.path("version").asText(null));
            }
        }
        return Optional.empty();
    }

    private Optional<Boolean> done(String method, String action) throws CallFailedException, InterruptedException {
        http.call(method, path(action));
        return Optional.of(true);
    }

    private static Optional<Boolean> asExpected(boolean expected) {
        return expected ? Optional.of(true) : Optional.empty();
    }

    private String path(String action) {
        return "/connectors/" + connector + action;
    }
}
