package dev.failureaware.cdc.sink.plan;

import dev.failureaware.cdc.sink.decode.Decoded;
import dev.failureaware.cdc.sink.decode.Received;
import dev.failureaware.cdc.sink.decode.RecordBytes;
import dev.failureaware.cdc.sink.decode.RecordKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.kafka.common.TopicPartition;

/**
 * Keeps the order of a key of which a record is parked: what comes later of the same key is parked behind it, or waits. Only
 * a row of a full snapshot passes, because it says all of its row and so takes the place of what is parked.
 *
 * <p>Pure: the same batch and the same parked keys give the same result.
 */
public final class KeyOrder {
    /** Records of one row have the same key and the same partition. */
    public record Key(TopicPartition partition, String rowKey) {}

    /**
     * What may be planned.
     *
     * @param events of the batch, with those parked that come behind a parked one; without those that wait
     * @param behind keys whose parked records are in the database, and that events of this batch were put behind
     * @param superseded keys of which a snapshot row is applied, with its offset: what is parked before it is settled
     * @param waiting where a partition must be held, what its first record waits for
     */
    public record Ordered(
            List<Decoded> events, Set<Key> behind, Map<Key, Long> superseded, Map<TopicPartition, Waiting> waiting) {}

    /** The next record of a partition waits for the parked ones of its key. */
    public record Waiting(Key key, String reason) {}

    private final Map<Key, Long> unresolved;
    private final Set<TopicPartition> partitions;
    private final Function<Decoded, Received> records;
    private final boolean park;

    private final List<Decoded> events = new ArrayList<>();
    private final Map<Key, Long> parkedHere = new HashMap<>();
    private final Set<Key> behind = new HashSet<>();
    private final Map<Key, Long> superseded = new HashMap<>();
    private final Map<TopicPartition, Waiting> waiting = new HashMap<>();

    private KeyOrder(
            Map<Key, Long> unresolved,
            Set<TopicPartition> partitions,
            Function<Decoded, Received> records,
            boolean park) {
        this.unresolved = unresolved;
        this.partitions = partitions;
        this.records = records;
        this.park = park;
    }

    /**
     * @param unresolved of keys of this batch with parked records in the database, the first one's offset
     * @param records the Kafka record that an event was decoded from
     * @param park whether events behind a parked one are parked too; if not, their partitions are held
     */
    public static Ordered order(
            List<Decoded> batch, Map<Key, Long> unresolved, Function<Decoded, Received> records, boolean park) {
        var touched = new HashSet<TopicPartition>();
        unresolved.keySet().forEach(key -> touched.add(key.partition()));
        batch.stream().filter(Decoded.Parked.class::isInstance).forEach(event -> touched.add(event.partition()));
        if (touched.isEmpty()) {
            return new Ordered(batch, Set.of(), Map.of(), Map.of());
        }
        var order = new KeyOrder(unresolved, touched, records, park);
        batch.forEach(order::add);
        return new Ordered(order.events, order.behind, order.superseded, order.waiting);
    }

    /** Keys of the batch's changes in these partitions. */
    public static Set<Key> keys(
            List<Decoded> batch, Predicate<TopicPartition> partitions, Function<Decoded, Received> records) {
        var keys = new HashSet<Key>();
        for (var event : batch) {
            if (event instanceof Decoded.RowChange && partitions.test(event.partition())) {
                key(event, records).ifPresent(keys::add);
            }
        }
        return keys;
    }

    private static Optional<Key> key(Decoded event, Function<Decoded, Received> records) {
        var text = event instanceof Decoded.Parked parked
                ? parked.rowKey()
                : RecordKey.text(RecordBytes.whole(records.apply(event).key()));
        return Optional.ofNullable(text).map(key -> new Key(event.partition(), key));
    }

    private void add(Decoded event) {
        if (!partitions.contains(event.partition())) {
            events.add(event);
            return;
        }
        if (waiting.containsKey(event.partition())) {
            return;
        }
        if (event instanceof Decoded.Parked parked) {
            key(parked, records).ifPresent(key -> parkedHere.putIfAbsent(key, event.offset()));
            events.add(event);
        } else if (event instanceof Decoded.RowChange change) {
            key(change, records).ifPresentOrElse(key -> add(change, key), () -> events.add(change));
        } else {
            events.add(event);
        }
    }

    private void add(Decoded.RowChange change, Key key) {
        var stored =
                unresolved.containsKey(key) && unresolved.get(key) <= change.offset() && !superseded.containsKey(key);
        var first = stored ? unresolved.get(key) : parkedHere.get(key);
        if (first == null) {
            events.add(change);
        } else if (change.source().ofSnapshot()) {
            parkedHere.remove(key);
            superseded.put(key, change.offset());
            events.add(change);
        } else if (park || first == change.offset()) {
            if (stored) {
                behind.add(key);
            }
            var record = records.apply(change);
            events.add(new Decoded.Refused(
                    change,
                    RecordBytes.whole(record.key()),
                    RecordBytes.whole(record.value()),
                    key.rowKey(),
                    Decoded.Why.BEHIND,
                    "behind offset " + first + ", which is parked",
                    null));
        } else {
            waiting.put(
                    change.partition(),
                    new Waiting(
                            key,
                            "offset " + change.offset() + " waits for offset " + first
                                    + " of the same key, which is parked"));
        }
    }
}
