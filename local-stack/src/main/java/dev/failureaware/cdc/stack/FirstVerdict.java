package dev.failureaware.cdc.stack;

import com.fasterxml.jackson.databind.JsonNode;
import dev.failureaware.cdc.injector.client.ReportText;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/** Waits for the first fenced PASS of a stack that has just become ready: the first snapshot has to go through. */
final class FirstVerdict {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofMillis(500);
    /** A fenced FAIL is final; a second one rules out a fence that fell into the first snapshot. */
    private static final int FAILURES_BEFORE_GIVING_UP = 3;

    private final String url;
    private final String token;

    FirstVerdict(Endpoints endpoints) {
        this.url = endpoints.url(Part.VERIFIER) + "/verify?timeout=20s";
        this.token = endpoints.token();
    }

    /** Prints how long it took, or what stands in the way. Returns whether there was a PASS. */
    boolean await() throws InterruptedException {
        var began = Instant.now();
        var failures = 0;
        Optional<JsonNode> last = Optional.empty();
        while (Duration.between(began, Instant.now()).compareTo(PATIENCE) < 0 && failures < FAILURES_BEFORE_GIVING_UP) {
            var report = verify();
            last = report.isPresent() ? report : last;
            var status = report.map(found -> found.path("status").asText()).orElse("UNKNOWN");
            if (status.equals("PASS")) {
                System.out.printf(
                        Locale.ROOT,
                        "First PASS after another %.1f s: %s rows at the source, all at the sink.%n",
                        Progress.seconds(began),
                        report.get().at("/summary/totalSourceRows").asText());
                return true;
            }
            failures += status.equals("FAIL") ? 1 : 0;
            Thread.sleep(PAUSE.toMillis());
        }
        System.out.printf(
                Locale.ROOT,
                "No PASS after %.1f s: %s %s%n%s",
                Progress.seconds(began),
                last.map(report -> report.path("status").asText()).orElse("no answer of the verifier"),
                last.map(report -> report.path("reason").asText("")).orElse(""),
                last.map(ReportText::differences).orElse(""));
        return false;
    }

    private Optional<JsonNode> verify() {
        try {
            var answer = Http.post(url, token, null, Duration.ofSeconds(60));
            return answer.ok() ? Optional.of(answer.json()) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
