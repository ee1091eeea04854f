package dev.failureaware.cdc.sink.decode;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * What one poll has brought of one partition, in order: the value of the one record that stands for all of them on their way
 * through the channel. The channel makes a message, with metadata and contexts, of each record, which would cost more than
 * decoding it.
 */
public record Polled(List<Received> records) {
    /** Replaces the records of each poll; positions and commits are the consumer's and do not depend on them. */
    @RegisterForReflection
    public static final class Interceptor implements ConsumerInterceptor<Object, Object> {
        @Override
        public ConsumerRecords<Object, Object> onConsume(ConsumerRecords<Object, Object> records) {
            var byPartition = new HashMap<TopicPartition, List<ConsumerRecord<Object, Object>>>();
            for (var partition : records.partitions()) {
                var polled = records.records(partition);
                var last = polled.get(polled.size() - 1);
                var received = polled.stream().map(Received::of).toList();
                byPartition.put(
                        partition,
                        List.of(new ConsumerRecord<>(
                                last.topic(), last.partition(), last.offset(), null, new Polled(received))));
            }
            return new ConsumerRecords<>(byPartition, records.nextOffsets());
        }

        @Override
        public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {}

        @Override
        public void close() {}

        @Override
        public void configure(Map<String, ?> settings) {}
    }
}
