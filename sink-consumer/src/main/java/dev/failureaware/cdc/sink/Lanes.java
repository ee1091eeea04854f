package dev.failureaware.cdc.sink;

import dev.failureaware.cdc.sink.decode.EventDecoder;
import dev.failureaware.cdc.sink.decode.Polled;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;

/**
 * Spreads the partitions over lanes, and bounds the bytes that wait in them. Lanes share nothing that a transaction could roll
 * back, and meet only in the database, like replicas do.
 */
@ApplicationScoped
class Lanes {
    private final PartitionAssignment assignment;
    private final Room room;
    private final List<Lane> lanes;

    Lanes(
            PartitionAssignment assignment,
            EventDecoder decoder,
            LaneWriter.Factory writers,
            SinkConfig config,
            SinkHealth health,
            MeterRegistry metrics) {
        this.assignment = assignment;
        this.room = new Room(config.maxWaiting().asLongValue());
        Gauge.builder("cdc.sink.waiting", room, Room::taken)
                .baseUnit("bytes")
                .description("Memory of records that were taken from Kafka and are not applied yet, about")
                .register(metrics);
        lanes = IntStream.range(0, config.lanes())
                .mapToObj(number -> new Lane("lane-" + number, decoder, writers, room, config, health))
                .toList();
        lanes.forEach(Lane::start);
    }

    /** Completes when there is room for more. Records of a generation that is over are dropped. */
    Uni<Void> take(ConsumerRecords<Void, Polled> records, int generation) {
        for (var record : records) {
            var partition = new TopicPartition(record.topic(), record.partition());
            assignment
                    .place(generation, partition)
                    .ifPresent(place -> lanes.get(place % lanes.size())
                            .take(partition, record.value().records(), generation));
        }
        return room.awaited();
    }

    @PreDestroy
    void stop() {
        lanes.forEach(Lane::stop);
    }
}
