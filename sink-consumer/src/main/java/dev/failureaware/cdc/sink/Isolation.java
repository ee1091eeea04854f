package dev.failureaware.cdc.sink;

import dev.failureaware.cdc.sink.apply.FailureKind;
import dev.failureaware.cdc.sink.apply.Refusal;
import dev.failureaware.cdc.sink.decode.Decoded;
import dev.failureaware.cdc.sink.decode.Received;
import dev.failureaware.cdc.sink.decode.RecordBytes;
import dev.failureaware.cdc.sink.decode.RecordKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;

/**
 * Applies a batch so that a record which the sink refuses keeps none of the others from being applied. Parts of the batch are
 * applied in order, each in a transaction of its own, and halved while they are refused, down to one record; that one is
 * parked, in the transaction of the part that comes next.
 *
 * <p>After a refusal parts begin at one record and double with each success. So a batch of n records of which all are refused
 * costs n + log2(n) transactions that are rolled back and one that commits; one refused record costs 2·log2(n) at most.
 *
 * <p>A constraint between rows may be hurt only until the other row comes: its record's partition is put behind the others
 * of the batch, and the record is tried again until the patience is over.
 */
final class Isolation {
    private record Place(TopicPartition partition, long offset) {}

    private final Function<Decoded, Received> records;
    private final Duration patience;
    private final Clock clock;

    private List<Decoded> remaining;
    private int size;
    private final Map<Place, Instant> hurtSince = new HashMap<>();
    /** Partitions whose next record was tried in vain since anything was applied. */
    private final Set<TopicPartition> stuck = new HashSet<>();

    /** @param records the Kafka record that an event was decoded from; only asked for what is parked */
    Isolation(List<Decoded> batch, Function<Decoded, Received> records, Duration patience, Clock clock) {
        this.remaining = batch;
        this.records = records;
        this.patience = patience;
        this.clock = clock;
        this.size = Math.max(1, batch.size());
    }

    /**
     * Returns when the whole batch is applied or parked.
     *
     * @param attempt applies such events all or none, and throws what keeps it from that
     * @throws RuntimeException what says nothing against a record, and a hurt constraint while there is patience left; may
     *     then be called again, and goes on where it was
     */
    void run(Consumer<List<Decoded>> attempt) {
        while (!remaining.isEmpty()) {
            var part = remaining.subList(0, end());
            try {
                attempt.accept(List.copyOf(part));
                remaining = new ArrayList<>(remaining.subList(part.size(), remaining.size()));
                size = Math.min(size * 2, Math.max(1, remaining.size()));
                stuck.clear();
            } catch (RuntimeException failure) {
                narrow(part, failure);
            }
        }
    }

    /** Records that are parked already, and then so many as are tried together. */
    private int end() {
        var end = 0;
        for (var tried = 0; end < remaining.size() && tried < size; end++) {
            if (!(remaining.get(end) instanceof Decoded.Parked)) {
                tried++;
            }
        }
        return end;
    }

    private void narrow(List<Decoded> part, RuntimeException failure) {
        var kind = FailureKind.of(failure);
        if (kind != FailureKind.REFUSED && kind != FailureKind.ORDER) {
            throw failure;
        }
        var changes = (int) part.stream()
                .filter(event -> !(event instanceof Decoded.Parked))
                .count();
        if (changes > 1) {
            size = changes / 2;
            return;
        }
        var last = part.get(part.size() - 1);
        if (!(last instanceof Decoded.RowChange change)) {
            throw new IllegalStateException("what the sink refuses is no row: " + last, failure);
        }
        if (kind == FailureKind.REFUSED) {
            park(part.size() - 1, change, Decoded.Why.REFUSED, Refusal.of(failure));
        } else if (isPatienceOver(change)) {
            park(part.size() - 1, change, Decoded.Why.CONSTRAINT, Refusal.ofConstraint(failure, patience));
        } else {
            letOthersGoFirst(change, failure);
        }
        size = 1;
    }

    private void park(int index, Decoded.RowChange change, Decoded.Why why, Refusal refusal) {
        var record = records.apply(change);
        var key = RecordBytes.whole(record.key());
        remaining = new ArrayList<>(remaining);
        remaining.set(
                index,
                new Decoded.Refused(
                        change,
                        key,
                        RecordBytes.whole(record.value()),
                        RecordKey.text(key),
                        why,
                        refusal.reason(),
                        refusal.sqlState()));
    }

    private boolean isPatienceOver(Decoded.RowChange change) {
        var now = clock.instant();
        var since = hurtSince.computeIfAbsent(new Place(change.partition(), change.offset()), place -> now);
        return !since.plus(patience).isAfter(now);
    }

    /** Partitions know no order among each other. */
    private void letOthersGoFirst(Decoded.RowChange change, RuntimeException failure) {
        var partition = change.partition();
        var others = new ArrayList<Decoded>();
        var own = new ArrayList<Decoded>();
        remaining.forEach(event -> (event.partition().equals(partition) ? own : others).add(event));
        stuck.add(partition);
        remaining = new ArrayList<>(others);
        remaining.addAll(own);
        if (others.stream().allMatch(event -> stuck.contains(event.partition()))) {
            stuck.clear();
            throw failure;
        }
    }
}
