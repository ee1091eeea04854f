package dev.failureaware.cdc.sink;

import dev.failureaware.cdc.sink.decode.Decoded;
import dev.failureaware.cdc.sink.decode.Received;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.TopicPartition;

/** Events in the order of their partitions, and the records that they were decoded from. Of one thread at a time. */
final class Batch {
    private final List<Decoded> events = new ArrayList<>();
    private final List<Received> records = new ArrayList<>();
    /** Made when first asked for: only what is parked needs it. */
    private Map<TopicPartition, Map<Long, Received>> byPlace;

    void add(Decoded event, Received record) {
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

    /** Of those records that belong to a trace. */
    List<String> traceParents() {
        return records.stream()
                .map(Received::traceParent)
                .filter(Objects::nonNull)
                .toList();
    }

    /** The record that the event was decoded from. */
    Received record(Decoded event) {
        if (byPlace == null) {
            byPlace = new HashMap<>();
            for (var i = 0; i < records.size(); i++) {
                byPlace.computeIfAbsent(events.get(i).partition(), partition -> new HashMap<>())
                        .put(records.get(i).offset(), records.get(i));
            }
        }
        return byPlace.get(event.partition()).get(event.offset());
    }
}
