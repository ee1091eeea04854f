package dev.failureaware.cdc.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;

/** What faults need of the machine: kill the Connect worker, take the sink-consumer away and give it back. */
final class LocalPlatform {
    private static final String WORKER = "connect";
    private static final String SINK_CONSUMER = "sink-consumer";

    private final HttpJson supervisor;
    private final Duration stopLimit;

    /** @param stopLimit a process that is asked to stop may finish its work first */
    LocalPlatform(HttpJson supervisor, Duration stopLimit) {
        this.supervisor = supervisor;
        this.stopLimit = stopLimit;
    }

    /**
     * One life of a process; the next life has another pid or another start time.
     *
     * @param state running, held, starting, backoff or stopped
     */
    record Instance(long pid, String startedAt, String state, String lastExit) {
        boolean running() {
            return state.equals("running");
        }

        boolean held() {
            return state.equals("held");
        }

        boolean sameLife(Instance other) {
            return pid == other.pid && startedAt.equals(other.startedAt);
        }

        private static Instance of(JsonNode node) {
            return new Instance(
                    node.path("pid").asLong(),
                    node.path("startedAt").asText(),
                    node.path("state").asText(),
                    node.path("lastExit").asText(""));
        }
    }

    Instance worker() throws CallFailedException, InterruptedException {
        return instance(WORKER);
    }

    /** SIGKILL. @return what was killed */
    Instance killWorker() throws CallFailedException, InterruptedException {
        return Instance.of(supervisor.call("POST", process(WORKER, "kill")));
    }

    /** Harmless when it runs. */
    void startWorker() throws CallFailedException, InterruptedException {
        supervisor.call("POST", process(WORKER, "start"), stopLimit);
    }

    Instance sinkConsumer() throws CallFailedException, InterruptedException {
        return instance(SINK_CONSUMER);
    }

    /** Returns when it is gone; it stays away until it is started. */
    void stopSinkConsumer() throws CallFailedException, InterruptedException {
        supervisor.call("POST", process(SINK_CONSUMER, "stop"), stopLimit);
    }

    /** Harmless when it runs. */
    void startSinkConsumer() throws CallFailedException, InterruptedException {
        supervisor.call("POST", process(SINK_CONSUMER, "start"), stopLimit);
    }

    private Instance instance(String name) throws CallFailedException, InterruptedException {
        for (var process : supervisor.get("/processes")) {
            if (process.path("name").asText().equals(name)) {
                return Instance.of(process);
            }
        }
        throw new CallFailedException("supervisor: knows no process " + name);
    }

    private static String process(String name, String action) {
        return "/processes/" + name + "/" + action;
    }
}
