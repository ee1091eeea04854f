package dev.failureaware.cdc.sink;

import dev.failureaware.cdc.sink.decode.Decoded;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Events in the order of their partitions, and the records that they were decoded from. Of one thread at a time. */
final class Batch {
    private final List<Decoded> events = new ArrayList<>();
    private final List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    /** Made when first asked for: only what is parked needs it. */
    private Map<TopicPartition, Map<Long, ConsumerRecord<byte[], byte[]>>> byPlace;

    void add(Decoded event, ConsumerRecord<byte[], byte[]> record) {
        events.add(event);
        records.add(record);
    }

    void add(Batch more) {
        events.addAll(more.events);
        records.addAll(more.records);
    }

    int size() {
        return events.size();
    }

    List<Decoded> events() {
        return events;
    }

    /** The record that the event was decoded from. */
    ConsumerRecord<byte[], byte[]> record(Decoded event) {
        if (byPlace == null) {
            byPlace = new HashMap<>();
            for (var record : records) {
                byPlace.computeIfAbsent(
                                new TopicPartition(record.topic(), record.partition()), partition -> new HashMap<>())
                        .put(record.offset(), record);
            }
        }
        return byPlace.get(event.partition()).get(event.offset());
    }
}
