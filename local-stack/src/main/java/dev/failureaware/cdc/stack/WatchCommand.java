package dev.failureaware.cdc.stack;

import com.fasterxml.jackson.databind.JsonNode;
import dev.failureaware.cdc.injector.client.Table;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "watch", description = "The dashboard's facts in the terminal, redrawn; Ctrl-C leaves it.")
final class WatchCommand implements Callable<Integer> {
    private static final long EVERY_MILLIS = 1000;
    private static final int HAPPENINGS_SHOWN = 10;
    private static final int LONGEST_WORDS = 100;

    private Set<JsonNode> printed = Set.of();
    private String lastTitle = "";

    @Override
    public Integer call() throws InterruptedException {
        var layout = Layout.of(System.getenv());
        var terminal = Terminal.showsOutput();
        while (true) {
            var endpoints = Endpoints.of(layout);
            var live = read(endpoints.url(Part.VERIFIER) + "/situation");
            if (terminal) {
                System.out.print(Terminal.CLEAR + screen(endpoints, live));
            } else {
                printChanges(live);
            }
            System.out.flush();
            Thread.sleep(EVERY_MILLIS);
        }
    }

    private static String screen(Endpoints endpoints, JsonNode live) {
        return new StringBuilder()
                .append(WatchText.of(live, HAPPENINGS_SHOWN))
                .append('\n')
                .append(processes(endpoints))
                .append("\nThe same in a browser: ")
                .append(endpoints.url(Part.VERIFIER))
                .append("/   Ctrl-C leaves; the stack goes on.\n")
                .toString();
    }

    private static String processes(Endpoints endpoints) {
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
        return processes.text();
    }

    /** For a file or a pipe: each happening once, and how it stands whenever that has changed. */
    private void printChanges(JsonNode live) {
        var happenings = new HashSet<JsonNode>();
        for (var happening : live.path("log")) {
            happenings.add(happening);
            if (!printed.contains(happening)) {
                System.out.println(WatchText.line(happening));
            }
        }
        printed = live.has("log") ? happenings : printed;
        var title = live.at("/situation/title").asText(WatchText.NO_ANSWER);
        if (!title.equals(lastTitle)) {
            lastTitle = title;
            System.out.println(Terminal.cut(WatchText.sentence(live), 3 * LONGEST_WORDS));
        }
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
