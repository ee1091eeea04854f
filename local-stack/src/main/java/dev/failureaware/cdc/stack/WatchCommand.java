package dev.failureaware.cdc.stack;

import com.fasterxml.jackson.databind.JsonNode;
import dev.failureaware.cdc.injector.client.EventLine;
import dev.failureaware.cdc.injector.client.Table;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "watch", description = "Live view of the running stack; Ctrl-C leaves it.")
final class WatchCommand implements Callable<Integer> {
    private static final long EVERY_MILLIS = 1000;
    private static final int EVENTS_SHOWN = 8;
    private static final int LONGEST_REASON = 120;

    private int lastEvent;
    private String lastLine = "";

    @Override
    public Integer call() throws InterruptedException {
        var layout = Layout.of(System.getenv());
        var terminal = Terminal.showsOutput();
        while (true) {
            var endpoints = Endpoints.of(layout);
            if (terminal) {
                System.out.print(Terminal.CLEAR + screen(endpoints));
            } else {
                printChanges(endpoints);
            }
            System.out.flush();
            Thread.sleep(EVERY_MILLIS);
        }
    }

    private static String screen(Endpoints endpoints) {
        var processes = new Table("process", "state", "pid", "restarts", "memory MB");
        for (var process : read(endpoints.supervisorUrl() + "/processes")) {
            processes.row(
                    process.path("name").asText(),
                    process.path("state").asText(),
                    process.path("pid").isNull() ? "-" : process.path("pid").asText(),
                    process.path("restarts").asText(),
                    Long.toString(LinuxProcesses.proportionalMemoryBytes(
                                    process.path("pid").asLong())
                            >> 20));
        }
        var text = new StringBuilder(processes.text())
                .append('\n')
                .append(summary(endpoints))
                .append("\n\n");
        var events = read(endpoints.url(Part.CHAOS_INJECTOR) + "/events?after=0");
        for (var at = Math.max(0, events.size() - EVENTS_SHOWN); at < events.size(); at++) {
            text.append(EventLine.of(events.get(at))).append('\n');
        }
        return text.append("\nCtrl-C leaves; the stack goes on.\n").toString();
    }

    /** Lag, verdict, load and current fault. */
    private static String summary(Endpoints endpoints) {
        var report = read(endpoints.url(Part.VERIFIER) + "/report");
        var scenario = read(endpoints.url(Part.CHAOS_INJECTOR) + "/scenario");
        var now = scenario.path("now");
        return "lag %s events | verdict %s%s | %s commits acknowledged | fault %s"
                .formatted(
                        text(read(endpoints.url(Part.VERIFIER) + "/lag").path("events")),
                        text(report.path("status")),
                        report.path("reason").asText("").isEmpty()
                                ? ""
                                : " (" + Terminal.cut(report.path("reason").asText(), LONGEST_REASON) + ")",
                        text(read(endpoints.url(Part.LOAD_GENERATOR) + "/stats").path("acknowledged")),
                        now.hasNonNull("failure")
                                ? now.path("failure").asText() + ": "
                                        + now.path("phase").asText()
                                : "none (" + text(scenario.path("state")) + ")");
    }

    /** For a file or a pipe: a line when something changed, and every event once. */
    private void printChanges(Endpoints endpoints) {
        for (var event : read(endpoints.url(Part.CHAOS_INJECTOR) + "/events?after=" + lastEvent)) {
            lastEvent = Math.max(lastEvent, event.path("n").asInt());
            System.out.println(EventLine.of(event));
        }
        var line = summary(endpoints);
        if (!line.equals(lastLine)) {
            System.out.println(Instant.now().truncatedTo(ChronoUnit.SECONDS) + " " + line);
            lastLine = line;
        }
    }

    private static String text(JsonNode value) {
        return value.isMissingNode() || value.isNull() ? "?" : value.asText();
    }

    /** Nothing where a part does not answer: the view goes on while parts are away. */
    private static JsonNode read(String url) {
        try {
            var answer = Http.get(url);
            return answer.ok() ? answer.json() : Json.parse("{}");
        } catch (IOException | IllegalArgumentException e) {
            return Json.parse("{}");
        }
    }
}
