package dev.failureaware.cdc.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import dev.failureaware.cdc.chaos.platform.CallFailedException;
import dev.failureaware.cdc.chaos.platform.HttpJson;
import java.util.OptionalLong;

/** Asks the load generator how much was written. */
final class LoadClient {
    private final HttpJson http;

    LoadClient(HttpJson http) {
        this.http = http;
    }

    JsonNode stats() throws CallFailedException, InterruptedException {
        return http.get("/stats");
    }

    /** Commits acknowledged since its start; empty when it does not answer, which is no reason to stop. */
    OptionalLong acknowledged() throws InterruptedException {
        try {
            var value = stats().path("acknowledged");
            return value.isNumber() ? OptionalLong.of(value.asLong()) : OptionalLong.empty();
        } catch (CallFailedException e) {
            return OptionalLong.empty();
        }
    }
}
