package dev.failureaware.cdc.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.UUID;

/**
 * One change event as the bound applies it.
 *
 * @param values in the order of {@link Table#COLUMNS}; null for a delete
 */
record Change(UUID id, Object[] values) {

    /** @param payload of an event's value */
    static Change of(JsonNode payload) {
        if (payload.path("op").asText().equals("d")) {
            return new Change(UUID.fromString(payload.path("before").path("id").asText()), null);
        }
        var row = payload.path("after");
        var id = UUID.fromString(row.path("id").asText());
        return new Change(id, new Object[] {
            id,
            row.path("seq").asLong(),
            row.path("customer").asInt(),
            row.path("status").asText().intern(),
            row.path("amount").asLong(),
            row.path("paid").asBoolean(),
            row.path("placed_at").asText(),
            row.path("note").asText()
        });
    }

    /** Number of the change that wrote the row; 0 for a delete. */
    static long seq(JsonNode payload) {
        return payload.path("op").asText().equals("d")
                ? 0
                : payload.path("after").path("seq").asLong();
    }
}
