package dev.failureaware.cdc.verifier;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;

/**
 * Which events are in Kafka and not applied by the sink, event by event: offsets have gaps (transaction markers, tombstones),
 * so a difference of offsets is no number of events. The tail reports what it reads, the sink's bookkeeping what is applied;
 * safe for any thread.
 */
@ApplicationScoped
class Backlog {
    private final Map<TopicPartition, Partition> partitions = new HashMap<>();
    private final Set<String> awaitedFences = new HashSet<>();
    private final Set<String> seenFences = new HashSet<>();
    private Instant lastEvent;

    /**
     * Where one partition stands.
     *
     * @param oldest Kafka's time of the oldest event that is not applied, up to a second too early; empty when all are
     */
    record Standing(TopicPartition partition, long applied, long position, long events, Optional<Instant> oldest) {}

    /** @param time Kafka's, milliseconds since 1970 */
    record Event(long offset, long time) {}

    private static final class Partition {
        long applied;
        long position;
        boolean seekNeeded = true;
        UnappliedOffsets unapplied = new UnappliedOffsets();

        Partition(long applied) {
            this.applied = applied;
            this.position = applied;
        }

        Standing standing(TopicPartition id) {
            var oldest = unapplied.oldest();
            return new Standing(
                    id,
                    applied,
                    position,
                    unapplied.count(),
                    oldest.isPresent() ? Optional.of(Instant.ofEpochMilli(oldest.getAsLong())) : Optional.empty());
        }
    }

    /** Partitions that exist; those that are new are read from where the sink stands. */
    synchronized void follow(Collection<TopicPartition> existing, Map<TopicPartition, Long> appliedOffsets) {
        partitions.keySet().retainAll(existing);
        for (var id : existing) {
            partitions.computeIfAbsent(id, absent -> new Partition(appliedOffsets.getOrDefault(id, 0L)));
        }
        notifyAll();
    }

    /** The sink's stored offsets, read after those of every earlier call. */
    synchronized void applied(Map<TopicPartition, Long> offsets) {
        partitions.forEach((id, partition) -> {
            var offset = (long) offsets.getOrDefault(id, 0L);
            if (offset < partition.applied) {
                // The sink went back (restored, rewound): what is unapplied from there on must be read again.
                partition.position = offset;
                partition.seekNeeded = true;
                partition.unapplied = new UnappliedOffsets();
            }
            partition.applied = offset;
            partition.unapplied.appliedBelow(offset);
        });
        notifyAll();
    }

    /** Partitions that the tail must read from another place, with that place. */
    synchronized Map<TopicPartition, Long> takeSeeks() {
        var seeks = new HashMap<TopicPartition, Long>();
        partitions.forEach((id, partition) -> {
            if (partition.seekNeeded) {
                partition.seekNeeded = false;
                seeks.put(id, partition.position);
            }
        });
        return seeks;
    }

    /** A consumer that is new has to be told where every partition is to be read on. */
    synchronized void consumerLost() {
        partitions.values().forEach(partition -> partition.seekNeeded = true);
    }

    /** Events that were read of a partition, in order, and where reading goes on. */
    synchronized void read(TopicPartition id, Collection<Event> events, long nextPosition) {
        var partition = partitions.get(id);
        if (partition == null || partition.seekNeeded) {
            return;
        }
        if (nextPosition < partition.position) {
            // Reading never goes back by itself: the topic was deleted and made anew, with another log.
            partition.unapplied = new UnappliedOffsets();
        }
        for (var event : events) {
            if (event.offset >= partition.applied) {
                partition.unapplied.add(event.offset, event.time);
            }
        }
        if (nextPosition != partition.position) {
            partition.position = nextPosition;
            notifyAll();
        }
    }

    /** @param at Kafka's time of an event */
    synchronized void arrived(Instant at) {
        if (lastEvent == null || at.isAfter(lastEvent)) {
            lastEvent = at;
        }
    }

    /** When the newest event that was read came to Kafka. */
    synchronized Optional<Instant> lastEvent() {
        return Optional.ofNullable(lastEvent);
    }

    synchronized List<Standing> standings() {
        return partitions.entrySet().stream()
                .map(entry -> entry.getValue().standing(entry.getKey()))
                .sorted(Comparator.comparing(
                                (Standing standing) -> standing.partition().topic())
                        .thenComparing(standing -> standing.partition().partition()))
                .toList();
    }

    synchronized Set<TopicPartition> partitions() {
        return Set.copyOf(partitions.keySet());
    }

    /** Of the given ends (exclusive) those that reading has not passed. */
    synchronized List<TopicPartition> unread(Map<TopicPartition, Long> ends) {
        var unread = new ArrayList<TopicPartition>();
        ends.forEach((id, end) -> {
            var partition = partitions.get(id);
            if (partition == null || partition.position < end) {
                unread.add(id);
            }
        });
        return unread;
    }

    /** Number of events below the given ends that are not applied, for each partition that has any. */
    synchronized Map<TopicPartition, Long> unapplied(Map<TopicPartition, Long> ends) {
        var unapplied = new TreeMap<TopicPartition, Long>(
                Comparator.comparing(TopicPartition::topic).thenComparing(TopicPartition::partition));
        ends.forEach((id, end) -> Optional.ofNullable(partitions.get(id))
                .map(partition -> partition.unapplied.countBelow(end))
                .filter(count -> count > 0)
                .ifPresent(count -> unapplied.put(id, count)));
        return unapplied;
    }

    synchronized void awaitFence(String id) {
        awaitedFences.add(id);
    }

    synchronized void fenceSeen(String id) {
        if (awaitedFences.contains(id)) {
            seenFences.add(id);
            notifyAll();
        }
    }

    synchronized Optional<String> seenOf(Collection<String> ids) {
        return ids.stream().filter(seenFences::contains).findFirst();
    }

    synchronized void forgetFences(Collection<String> ids) {
        ids.forEach(awaitedFences::remove);
        ids.forEach(seenFences::remove);
    }

    /** Returns when anything here has changed, at the latest after the limit. */
    synchronized void awaitChange(Duration limit) {
        try {
            wait(Math.max(1, limit.toMillis()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CheckImpossible("the verifier is being stopped", e);
        }
    }
}
