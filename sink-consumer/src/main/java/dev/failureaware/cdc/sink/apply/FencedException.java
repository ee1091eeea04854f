package dev.failureaware.cdc.sink.apply;

import java.util.Collection;
import org.apache.kafka.common.TopicPartition;

/** The partitions are not where this consumer left them: somebody else moves them now. Nothing was written. */
public final class FencedException extends RuntimeException {
    FencedException(Collection<TopicPartition> partitions) {
        super("the stored offset of at least one of " + partitions + " is not the one this batch continues from");
    }
}
