package dev.failureaware.cdc.verifier;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;

/**
 * Events in Kafka that the sink has not applied; exact, tombstones not counted.
 *
 * @param events over all partitions
 * @param removed offsets over all partitions that Kafka has removed before the sink had applied them
 */
@RegisterForReflection
record Lag(Instant timestamp, long events, long removed, List<OfPartition> partitions) {
    /**
     * @param applied offset of the first record that is not applied
     * @param end offset behind the last committed record
     * @param oldest when the oldest event that is not applied came to Kafka, up to a second too early; null when all are
     */
    @RegisterForReflection
    record OfPartition(String topic, int partition, long applied, long end, long events, Instant oldest) {}
}
