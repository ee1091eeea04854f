package dev.failureaware.cdc.verifier;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One row's way through the pipeline.
 *
 * @param verdict what an unfenced look says: equal, or the label of a {@link RowClass}; events may be in flight
 * @param source columns that both sides have, with their texts, of which long ones are cut; null without a row, so for the sink
 * @param differing columns whose whole values differ, where both sides have the row
 * @param events oldest first in each partition; as far as retention has left them
 * @param incomplete why not all of the topic was read; null when it was
 */
@RegisterForReflection
record Trace(
        String table,
        String key,
        String verdict,
        Map<String, String> source,
        Map<String, String> sink,
        List<String> differing,
        long sinkRows,
        @JsonInclude(JsonInclude.Include.NON_NULL) Version sinkVersion,
        List<Event> events,
        @JsonInclude(JsonInclude.Include.NON_NULL) String incomplete) {

    /** The event that the sink says to have applied last to its row. */
    @RegisterForReflection
    record Version(long lsn, Instant committedAt) {}

    /**
     * @param committedAt by the source's clock
     * @param arrivedAt by Kafka's
     * @param values of the row after the event, or of its key; long ones are cut
     * @param reason of what was parked, or what is odd
     */
    @RegisterForReflection
    record Event(
            String topic,
            int partition,
            long offset,
            String op,
            long lsn,
            Instant committedAt,
            Instant arrivedAt,
            Fate fate,
            @JsonInclude(JsonInclude.Include.NON_NULL) String reason,
            Map<String, String> values) {}

    /** What the sink did with an event, as far as its bookkeeping tells. */
    enum Fate {
        /** The sink has not come to it yet. */
        WAITING,
        /** The sink's row is as this event left it; of a delete: there is none. */
        APPLIED,
        /** Applied, or folded into a later event of the same batch, and replaced since. */
        REPLACED,
        /** The same change as at a lower offset; absorbed. */
        DUPLICATE,
        /** Put aside; the reason says why. */
        PARKED,
        /** Was parked and applied later. */
        REPLAYED,
        /** Was parked and is settled without being applied. */
        SETTLED,
        /** The sink is past it, and its row is older. */
        NOT_APPLIED,
        /** The sink is past it, and says nothing more. */
        PASSED;

        @JsonValue
        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
