package dev.failureaware.cdc.stack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A connector, through Connect's REST interface. */
public final class Connector {
    static final String NAME = "shop";

    /** {@code tasks} is empty while none has been assigned; a connector whose task is FAILED still says RUNNING. */
    public record Status(String connector, List<String> tasks, String trace) {
        public boolean running() {
            return connector.equals("RUNNING")
                    && !tasks.isEmpty()
                    && tasks.stream().allMatch("RUNNING"::equals);
        }

        public boolean failed() {
            return connector.equals("FAILED") || tasks.contains("FAILED");
        }

        public String text() {
            return "connector " + connector + ", tasks " + tasks;
        }
    }

    private static final Duration POLL = Duration.ofMillis(200);

    private final String url;

    /** The stack's own. */
    Connector(String connectUrl) {
        this(connectUrl, NAME);
    }

    Connector(String connectUrl, String name) {
        this.url = connectUrl + "/connectors/" + name;
    }

    /** The project's settings, the user's over them, with this stack's addresses; the password is a reference that only the worker resolves. */
    static ObjectNode settings(Layout layout, Ports ports, Secrets secrets, OwnParts own) throws IOException {
        var settings = (ObjectNode) Json.read(layout.connectorSettings());
        own.applyTo(settings);
        settings.put("database.hostname", Port.HOST);
        settings.put("database.port", Integer.toString(ports.of(Port.SOURCE)));
        settings.put("database.password", "${dir:" + secrets.connectFolder() + ":" + Databases.REPLICATOR + "}");
        return settings;
    }

    /** Creates or changes the connector, and waits until connector and task run. */
    public void deploy(ObjectNode settings, Duration within) throws InterruptedException {
        var deadline = Instant.now().plus(within);
        untilDone("accept the connector", deadline, () -> isDeployed(settings) || accepted(settings));
        awaitRunning(deadline);
    }

    /** An unchanged connector is left alone: every change restarts its task. */
    private boolean isDeployed(ObjectNode settings) throws IOException {
        var answer = Http.get(url + "/config");
        if (!answer.ok()) {
            return false;
        }
        var deployed = (ObjectNode) answer.json();
        deployed.remove("name");
        return deployed.equals(settings);
    }

    /** False while the worker is busy with a rebalance. */
    private boolean accepted(ObjectNode settings) throws IOException {
        var answer = Http.put(url + "/config", Json.compact(settings));
        if (answer.status() == 400) {
            throw StackException.notStarted("Connect refuses the connector: " + message(answer));
        }
        return ok(answer);
    }

    private void awaitRunning(Instant deadline) throws InterruptedException {
        var restarted = false;
        var last = "no status yet";
        while (Instant.now().isBefore(deadline)) {
            try {
                var status = status();
                last = status.text() + status.trace();
                if (status.running()) {
                    return;
                }
                if (status.connector().matches("STOPPED|PAUSED")) {
                    // Left so by a fault whose injector was killed; what else it has to heal it does at its start.
                    Http.put(url + "/resume", "");
                } else if (status.failed() && !restarted) {
                    restartFailed();
                    restarted = true;
                }
            } catch (IOException e) {
                last = e.getMessage();
            }
            Thread.sleep(POLL.toMillis());
        }
        throw StackException.notStarted("the connector does not run: " + last);
    }

    public Status status() throws IOException {
        var answer = Http.get(url + "/status");
        if (!answer.ok()) {
            throw new IOException("connector status: HTTP " + answer.status());
        }
        var json = answer.json();
        var tasks = new ArrayList<String>();
        var trace = json.path("connector").path("trace").asText("");
        for (JsonNode task : json.path("tasks")) {
            tasks.add(task.path("state").asText());
            trace += task.path("trace").asText("");
        }
        return new Status(
                json.path("connector").path("state").asText(),
                List.copyOf(tasks),
                trace.isEmpty()
                        ? ""
                        : "\n    | "
                                + reasons(trace)
                                        .limit(8)
                                        .reduce((a, b) -> a + "\n    | " + b)
                                        .orElse(""));
    }

    /** What was thrown and why, without where. */
    private static Stream<String> reasons(String trace) {
        return trace.lines().filter(line -> !line.startsWith("\t"));
    }

    /** Returns when the worker has taken note; the task ends soon after. */
    public void delete() throws IOException {
        var answer = Http.delete(url);
        if (!answer.ok() && answer.status() != 404) {
            throw new IOException("deleting the connector: HTTP " + answer.status());
        }
    }

    /** Work while the connector is stopped. */
    @FunctionalInterface
    interface WhileStopped {
        void run() throws SQLException;
    }

    /** Leaves the connector stopped and without offsets: when it is resumed, it begins with a snapshot. */
    void forgetOffsets(Duration within, WhileStopped work) throws InterruptedException, SQLException {
        var deadline = Instant.now().plus(within);
        untilDone("stop the connector", deadline, () -> ok(Http.put(url + "/stop", "")));
        work.run();
        // Refused until the task has ended.
        untilDone("forget its offsets", deadline, () -> ok(Http.delete(url + "/offsets")));
    }

    void resume(Duration within) throws InterruptedException {
        var deadline = Instant.now().plus(within);
        untilDone("resume the connector", deadline, () -> ok(Http.put(url + "/resume", "")));
        awaitRunning(deadline);
    }

    @FunctionalInterface
    private interface Attempt {
        boolean isDone() throws IOException;
    }

    private static void untilDone(String what, Instant deadline, Attempt attempt) throws InterruptedException {
        var last = "";
        while (Instant.now().isBefore(deadline)) {
            try {
                if (attempt.isDone()) {
                    return;
                }
            } catch (IOException e) {
                last = e.getMessage();
            }
            Thread.sleep(POLL.toMillis());
        }
        throw StackException.notStarted("Connect did not %s: %s".formatted(what, last));
    }

    private static boolean ok(Http.Answer answer) throws IOException {
        if (!answer.ok()) {
            throw new IOException("HTTP " + answer.status() + ": " + message(answer));
        }
        return true;
    }

    private static String message(Http.Answer answer) {
        return answer.json().path("message").asText(answer.body());
    }

    void restartFailed() throws IOException {
        Http.post(url + "/restart?includeTasks=true&onlyFailed=true", "", null, Duration.ofSeconds(30));
    }
}
