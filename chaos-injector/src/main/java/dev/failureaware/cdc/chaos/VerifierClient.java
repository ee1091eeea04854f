package dev.failureaware.cdc.chaos;

import dev.failureaware.cdc.chaos.platform.CallFailedException;
import dev.failureaware.cdc.chaos.platform.HttpJson;
import java.time.Duration;

/** Asks the verifier, which alone says what is consistent. */
class VerifierClient {
    /** Beyond the limit: to name rows that differ. */
    private static final Duration EVIDENCE = Duration.ofSeconds(20);

    private final HttpJson http;

    VerifierClient(HttpJson http) {
        this.http = http;
    }

    /**
     * @param limit of the verification, and before it of the wait for those of others; whole seconds, at least one. Beyond it, the
     *     answer is that nobody knows
     */
    VerificationReport verify(Duration limit) throws CallFailedException, InterruptedException {
        var seconds = Math.max(1, limit.toSeconds());
        var json = http.call(
                "POST",
                "/verify?timeout=" + seconds + "s",
                Duration.ofSeconds(2 * seconds).plus(EVIDENCE));
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
