package dev.failureaware.cdc.verifier;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.common.TopicPartition;

/**
 * Remembers, for as long as this process lives, from which transactions of the sink on an event had been passed: a row that a
 * later transaction wrote was written when the sink knew of the event. Safe for any thread.
 */
@ApplicationScoped
class SinkPast {
    /** Some kilobytes for each partition; at one entry a second, with changes, the last ten minutes. */
    private static final int KEPT = 600;

    private record Mark(long nextOffset, long nextTransaction) {}

    private final Map<TopicPartition, Deque<Mark>> marks = new HashMap<>();

    /** @param nextTransaction id that no transaction had when the offsets were read */
    synchronized void seen(Map<TopicPartition, Long> nextOffsets, long nextTransaction) {
        nextOffsets.forEach((partition, next) -> {
            var known = marks.computeIfAbsent(partition, absent -> new ArrayDeque<>());
            if (!known.isEmpty() && known.getLast().nextOffset > next) {
                known.clear();
            }
            if (known.isEmpty() || known.getLast().nextOffset < next) {
                known.addLast(new Mark(next, nextTransaction));
                if (known.size() > KEPT) {
                    known.removeFirst();
                }
            }
        });
    }

    /** Any transaction with this id or a higher one came after the sink had stored that it had passed the offset. */
    synchronized OptionalLong passed(TopicPartition partition, long offset) {
        return marks.getOrDefault(partition, new ArrayDeque<>()).stream()
                .filter(mark -> mark.nextOffset > offset)
                .mapToLong(Mark::nextTransaction)
                .findFirst();
    }
}
