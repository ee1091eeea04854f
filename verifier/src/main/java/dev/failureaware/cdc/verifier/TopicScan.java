package dev.failureaware.cdc.verifier;

import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads a topic once, up to what is committed at the call, without a trace in the pipeline. */
@ApplicationScoped
class TopicScan {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Map<String, Object> kafka;

    TopicScan(@Identifier("default-kafka-broker") Map<String, Object> kafka) {
        this.kafka = kafka;
    }

    /**
     * @param from of records, by Kafka's time; empty for all that retention has left
     * @return whether it was read to its end before the deadline; a topic that does not exist has nothing
     */
    boolean read(
            String topic, Optional<Instant> from, Deadline deadline, Consumer<ConsumerRecord<byte[], byte[]>> each) {
        var settings = TopicTail.settings(kafka);
        try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            var infos = consumer.listTopics(PATIENCE).get(topic);
            if (infos == null) {
                return true;
            }
            var partitions = infos.stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var left = new HashMap<>(consumer.endOffsets(partitions, PATIENCE));
            from.ifPresent(time -> seek(consumer, time, left));
            while (true) {
                left.entrySet().removeIf(end -> consumer.position(end.getKey(), PATIENCE) >= end.getValue());
                if (left.isEmpty() || deadline.passed()) {
                    return left.isEmpty();
                }
                consumer.poll(POLL).forEach(each);
            }
        } catch (KafkaException e) {
            throw new CheckImpossible("topic " + topic + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static void seek(KafkaConsumer<?, ?> consumer, Instant from, Map<TopicPartition, Long> ends) {
        var times = ends.keySet().stream().collect(Collectors.toMap(id -> id, id -> from.toEpochMilli()));
        consumer.offsetsForTimes(times, PATIENCE)
                .forEach((id, found) -> consumer.seek(id, found == null ? ends.get(id) : found.offset()));
    }
}
