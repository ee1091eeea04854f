package dev.failureaware.cdc.chaos.platform.local;

import com.fasterxml.jackson.databind.JsonNode;
import dev.failureaware.cdc.chaos.platform.Audit;
import dev.failureaware.cdc.chaos.platform.CallFailedException;
import dev.failureaware.cdc.chaos.platform.HttpJson;
import java.time.Duration;

/** The one-machine stack's supervisor, which starts and ends processes when asked over HTTP. */
final class Supervisor {
    private final HttpJson http;
    private final Duration stopLimit;

    /** @param stopLimit a process that is asked to stop may finish its work first */
    Supervisor(HttpJson http, Duration stopLimit) {
        this.http = http;
        this.stopLimit = stopLimit;
    }

    /**
     * One life of a process; the next life has another pid or another start time.
     *
     * @param state running, held, starting, backoff or stopped
     */
    record Instance(String name, long pid, String startedAt, String state, String lastExit) {
        boolean running() {
            return state.equals("running");
        }

        boolean held() {
            return state.equals("held");
        }

        Audit.Target target() {
            return Audit.Target.process(name, Long.toString(pid));
        }

        private static Instance of(String name, JsonNode node) {
            return new Instance(
                    name,
                    node.path("pid").asLong(),
                    node.path("startedAt").asText(),
                    node.path("state").asText(),
                    node.path("lastExit").asText(""));
        }
    }

    Instance process(String name) throws CallFailedException, InterruptedException {
        for (var process : http.get("/processes")) {
            if (process.path("name").asText().equals(name)) {
                return Instance.of(name, process);
            }
        }
        throw new CallFailedException("supervisor: knows no process " + name);
    }

    /** Not where it answers without such a process; where it does not answer, nobody can tell. */
    boolean lacks(String name) throws InterruptedException {
        try {
            for (var process : http.get("/processes")) {
                if (process.path("name").asText().equals(name)) {
                    return false;
                }
            }
            return true;
        } catch (CallFailedException e) {
            return false;
        }
    }

    /** SIGKILL. @return what was killed */
    Instance kill(String name) throws CallFailedException, InterruptedException {
        return Instance.of(name, http.call("POST", path(name, "kill")));
    }

    /** Returns when it is gone; it stays away until it is started. */
    void stop(String name) throws CallFailedException, InterruptedException {
        http.call("POST", path(name, "stop"), stopLimit);
    }

    /** Harmless when it runs. */
    void start(String name) throws CallFailedException, InterruptedException {
        http.call("POST", path(name, "start"), stopLimit);
    }

    private static String path(String name, String action) {
        return "/processes/" + name + "/" + action;
    }
}
