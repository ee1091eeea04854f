package dev.failureaware.cdc.sink;

import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/** Kafka does not hold the records that come next. Going on from anywhere else would hide the gap. */
final class MissingOffsetsException extends RuntimeException {
    private MissingOffsetsException(String message) {
        super(message);
    }

    static Optional<MissingOffsetsException> check(TopicPartition partition, long next, long first, long end) {
        if (next < first) {
            return Optional.of(new MissingOffsetsException(
                    "%s: the sink has applied up to offset %d, but Kafka's oldest record is %d: retention removed %d offsets"
                                    .formatted(partition, next, first, first - next)
                            + " that were never applied. Take a new snapshot (make re-snapshot, or delete the"
                            + " connector's offsets), then delete this partition's row from _cdc.offsets."));
        }
        if (next > end) {
            return Optional.of(new MissingOffsetsException(
                    "%s: the sink has applied up to offset %d, but Kafka's log ends at %d: the topic was deleted and created"
                                    .formatted(partition, next, end)
                            + " again, or lost records. Take a new snapshot, then delete this partition's row from"
                            + " _cdc.offsets."));
        }
        return Optional.empty();
    }
}
