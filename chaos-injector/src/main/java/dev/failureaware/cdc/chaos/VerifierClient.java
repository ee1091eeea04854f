package dev.failureaware.cdc.chaos;

import dev.failureaware.cdc.chaos.platform.CallFailedException;
import dev.failureaware.cdc.chaos.platform.HttpJson;
import java.time.Duration;

/** Asks the verifier, which alone says what is consistent. */
class VerifierClient {
    /** Beyond the wait for the fence: the comparison itself, and a verification of somebody else that runs first. */
    private static final Duration COMPARISON = Duration.ofSeconds(30);

    private final HttpJson http;

    VerifierClient(HttpJson http) {
        this.http = http;
    }

    /** @param fence how long the sink may take to apply what is committed now; whole seconds, at least one */
    VerificationReport verify(Duration fence) throws CallFailedException, InterruptedException {
        var seconds = Math.max(1, fence.toSeconds());
        var json = http.call(
                "POST",
                "/verify?timeout=" + seconds + "s",
                Duration.ofSeconds(seconds).plus(COMPARISON));
        return new VerificationReport(json);
    }

    /** Data records in Kafka that the sink has not applied. */
    long lagEvents() throws CallFailedException, InterruptedException {
        var events = http.get("/lag").path("events");
        if (!events.isNumber()) {
            throw new CallFailedException("verifier: GET /lag names no number of events");
        }
        return events.asLong();
    }
}
