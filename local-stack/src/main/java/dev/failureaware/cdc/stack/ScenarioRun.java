package dev.failureaware.cdc.stack;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** A run of the injector, asked for and followed over HTTP until it is over. */
final class ScenarioRun {
    private static final Duration POLL = Duration.ofMillis(500);
    /** A killed injector is started again and heals; longer than that it does not come back. */
    private static final Duration AWAY_AT_MOST = Duration.ofSeconds(60);

    /** The rest is in the report. */
    private static final int LONGEST_TEXT = 300;

    private final String url;
    private final String token;
    private int lastEvent;
    private Instant answered = Instant.now();

    ScenarioRun(Endpoints endpoints) {
        this.url = endpoints.url(Part.CHAOS_INJECTOR);
        this.token = endpoints.token();
    }

    /** @param path {@code /scenario/run} or {@code /trigger/TYPE}; @param body null for none */
    void request(String path, String body) {
        lastEvent = lastEvent();
        try {
            var answer = Http.post(url + path, token, body, Duration.ofSeconds(30));
            if (answer.status() == 409) {
                throw new StackException(ExitCode.VERDICT, "the injector is busy: " + ServiceCalls.error(answer));
            }
            if (!answer.ok()) {
                throw StackException.badInput(
                        "the injector refuses (HTTP %d): %s".formatted(answer.status(), ServiceCalls.error(answer)));
            }
        } catch (IOException e) {
            throw new StackException(ExitCode.NOT_STARTED, "chaos-injector does not answer at " + url, e);
        }
    }

    private int lastEvent() {
        var last = 0;
        for (var event : ServiceCalls.get(Part.CHAOS_INJECTOR, url + "/events?after=0", "application/json")
                .json()) {
            last = Math.max(last, event.path("n").asInt());
        }
        return last;
    }

    /**
     * Prints events as they come; returns the verdict.
     *
     * @throws StackException when the injector forgot the run, because it was killed and started again
     */
    String follow() throws InterruptedException {
        var ended = false;
        while (true) {
            try {
                // First the state, then the events: so none is missed when the run has ended in between.
                var scenario = Http.get(url + "/scenario").json();
                printNewEvents();
                answered = Instant.now();
                var over = scenario.path("state").asText().matches("finished|aborted|idle");
                if (over && ended) {
                    if (scenario.path("state").asText().equals("idle")) {
                        throw new StackException(
                                ExitCode.VERDICT,
                                "the run is lost: chaos-injector was started again in the middle of it. It has undone what"
                                        + " was broken; see: make logs NAME=chaos-injector");
                    }
                    return scenario.path("verdict").asText("UNKNOWN");
                }
                // Seen twice: a run that was just accepted may not have begun at the first look.
                ended = over;
            } catch (IOException e) {
                if (Duration.between(answered, Instant.now()).compareTo(AWAY_AT_MOST) > 0) {
                    throw new StackException(
                            ExitCode.VERDICT,
                            "chaos-injector has not answered for %d s; see: make logs NAME=chaos-injector"
                                    .formatted(AWAY_AT_MOST.toSeconds()));
                }
            }
            Thread.sleep(POLL.toMillis());
        }
    }

    private void printNewEvents() throws IOException {
        for (var event : Http.get(url + "/events?after=" + lastEvent).json()) {
            lastEvent = Math.max(lastEvent, event.path("n").asInt());
            System.out.println(line(event));
        }
    }

    static String line(JsonNode event) {
        return String.format(
                        Locale.ROOT,
                        "%7.1f s  %-20s %-9s %s",
                        event.path("t_seconds").asDouble(),
                        event.path("failure").asText("").replace("null", ""),
                        event.path("phase").asText(),
                        Terminal.cut(event.path("text").asText(), LONGEST_TEXT))
                .stripTrailing();
    }

    /** Asks the injector to revert what it is doing; quiet when it cannot be asked any more. */
    void abort() {
        try {
            Http.post(url + "/scenario/abort", token, null, Duration.ofSeconds(10));
        } catch (IOException e) {
            // The journal remains: the next injector heals.
            return;
        }
    }

    JsonNode report() {
        return ServiceCalls.get(Part.CHAOS_INJECTOR, url + "/report", "application/json")
                .json();
    }
}
