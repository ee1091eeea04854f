package dev.failureaware.cdc.sink;

import dev.failureaware.cdc.model.TableId;
import dev.failureaware.cdc.sink.apply.AwaitedRowException;
import dev.failureaware.cdc.sink.apply.StopNotes;
import dev.failureaware.cdc.sink.apply.TableStoppedException;
import dev.failureaware.cdc.sink.decode.Decoded;
import dev.failureaware.cdc.sink.decode.LogPlace;
import dev.failureaware.cdc.sink.decode.Operation;
import dev.failureaware.cdc.sink.decode.TableShape;
import dev.failureaware.cdc.sink.plan.KeyOrder.Waiting;
import dev.failureaware.cdc.sink.plan.Plan.KeyChange;
import dev.failureaware.cdc.sink.plan.Plan.ShapeUse;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;
import org.jboss.logging.Logger.Level;

/**
 * Tables whose events wait, because their schema changed in a way that nobody has decided on. Their partitions' offsets stay in
 * front of the first event that waits, so that nothing is lost, whatever happens to this process; all other tables go on.
 *
 * <p>Only known to this process and only until its partitions are assigned anew: then the events are read from there again,
 * and either go through or stop the table once more.
 */
@ApplicationScoped
class StoppedTables {
    private static final Logger LOG = Logger.getLogger(StoppedTables.class);

    /** @param refused the shapes that the table cannot take; each lane finds out for itself */
    record Stop(List<ShapeUse> refused, String reason, Instant since) {
        static Stop of(TableStoppedException reason) {
            return new Stop(List.of(reason.use()), reason.getMessage(), Instant.now());
        }

        Stop and(ShapeUse also) {
            var all = new ArrayList<>(refused);
            all.add(also);
            return new Stop(List.copyOf(all), reason, since);
        }

        boolean refuses(TableShape shape) {
            return refused.stream().anyMatch(use -> use.shape().equals(shape));
        }
    }

    private final Map<TableId, Stop> stops = new TreeMap<>();
    /** By lane, what its present batch has stopped. */
    private final Map<String, Set<TableId>> found = new HashMap<>();
    /** Reasons that the log has already. */
    private final Map<TableId, Set<String>> said = new HashMap<>();

    /** Partitions with an event that waits: what comes after it there waits too, of whatever table. */
    private final Set<TopicPartition> held = new HashSet<>();
    /** The event that waits in a held partition, until it is written down. */
    private final Map<TopicPartition, StopNotes.Note> unwritten = new HashMap<>();
    /** Those of the held partitions whose next event waits for a parked one. */
    private final Map<TopicPartition, Waiting> behindParked = new HashMap<>();

    /** Where a partition's row waits for the end of its old key, which another partition has not told yet. */
    private final Map<TopicPartition, AwaitedRow> awaited = new HashMap<>();

    /** @param offset of the first event that waits */
    record AwaitedRow(TableId table, KeyChange change, long offset) {
        String reason() {
            return "offset " + offset + " has a new key for a row of " + table
                    + ", without values that did not change, and waits for the row's delete under its old key, in another partition";
        }
    }

    /** @param lane whose batch has found it, until {@link #batchIsOver} */
    synchronized void stop(TableStoppedException reason, String lane) {
        var table = reason.shape().table();
        found.computeIfAbsent(lane, key -> new HashSet<>()).add(table);
        // After each rebalance the same events stop the same tables again.
        var level = said.computeIfAbsent(table, key -> new HashSet<>()).add(reason.getMessage())
                ? Level.ERROR
                : Level.DEBUG;
        try (var place = LogPlace.of(table, reason.use().firstLsn())) {
            LOG.logf(level, "%s is stopped, its events wait: %s", table, reason.getMessage());
        }
        stops.merge(table, Stop.of(reason), (before, now) -> before.and(reason.use()));
    }

    /**
     * The events that need not wait: in each partition those before the first one that has the refused shape, or, where the
     * table was stopped before this batch, before the first one of the table.
     */
    synchronized List<Decoded> letThrough(List<Decoded> events, Set<TableId> stoppedBefore) {
        if (stops.isEmpty() && held.isEmpty() && awaited.isEmpty()) {
            return events;
        }
        var through = new ArrayList<Decoded>(events.size());
        for (var event : events) {
            if (!held.contains(event.partition())) {
                var waits = waits(event, stoppedBefore);
                if (waits) {
                    noteThat(event);
                }
                if (waits || isAtAwaited(event)) {
                    held.add(event.partition());
                } else {
                    through.add(event);
                }
            }
        }
        return through;
    }

    private boolean isAtAwaited(Decoded event) {
        var row = awaited.get(event.partition());
        return row != null && event.offset() >= row.offset();
    }

    private void noteThat(Decoded waiting) {
        if (waiting instanceof Decoded.RowChange change) {
            TableShape shape = change.shape();
            unwritten.put(
                    waiting.partition(),
                    new StopNotes.Note(
                            waiting.partition(),
                            waiting.offset(),
                            shape.table(),
                            stops.get(shape.table()).reason()));
        }
    }

    /** Which events wait that nobody was told of. */
    synchronized List<StopNotes.Note> unwritten() {
        return List.copyOf(unwritten.values());
    }

    synchronized void written(List<StopNotes.Note> notes) {
        unwritten.values().removeAll(notes);
    }

    private boolean waits(Decoded event, Set<TableId> stoppedBefore) {
        if (!(event instanceof Decoded.RowChange change)) {
            return false;
        }
        TableShape shape = change.shape();
        var stop = stops.get(shape.table());
        return stop != null && (stoppedBefore.contains(shape.table()) || stop.refuses(shape));
    }

    /** With {@code sink.behind-parked=wait}: nothing of the partition is applied until the parked records are settled. */
    synchronized void hold(TopicPartition partition, Waiting behind) {
        LOG.errorf("%s is held: %s", partition, behind.reason());
        held.add(partition);
        behindParked.put(partition, behind);
    }

    /**
     * Nothing of the partitions is applied from those of the events on whose rows have not left their old keys.
     *
     * @return whether there was such an event that did not wait already
     */
    synchronized boolean hold(AwaitedRowException reason, List<Decoded> events) {
        var news = false;
        for (var event : events) {
            if (event instanceof Decoded.Upsert upsert
                    && upsert.operation() == Operation.INSERT
                    && upsert.shape().table().equals(reason.table())
                    && reason.changes().contains(KeyChange.of(upsert.source()))
                    && !isAtAwaited(event)) {
                var row = new AwaitedRow(reason.table(), KeyChange.of(upsert.source()), event.offset());
                try (var place = LogPlace.of(event)) {
                    LOG.infof("%s is held: %s", event.partition(), row.reason());
                }
                awaited.put(event.partition(), row);
                // It was held further on: what comes before this event must go through, as others may wait for that.
                held.remove(event.partition());
                news = true;
            }
        }
        return news;
    }

    synchronized Map<TopicPartition, AwaitedRow> awaited() {
        return Map.copyOf(awaited);
    }

    synchronized Map<TopicPartition, Waiting> behindParked() {
        return Map.copyOf(behindParked);
    }

    synchronized Map<TableId, Stop> all() {
        return Map.copyOf(stops);
    }

    /** The lane's batch is through, or given up. */
    synchronized void batchIsOver(String lane) {
        found.remove(lane);
    }

    /**
     * Those that no batch in progress has stopped. Before it is through, what the table was stopped for is not in the database: a
     * table that the batch itself creates could follow any shape, and to begin anew for that would go on for ever where a batch
     * takes longer than the time between two looks.
     */
    synchronized Map<TableId, Stop> settled() {
        var settled = new TreeMap<>(stops);
        found.values().forEach(settled.keySet()::removeAll);
        return settled;
    }

    synchronized Set<TopicPartition> heldPartitions() {
        return Set.copyOf(held);
    }

    /** What stops the table from now on is news again. */
    synchronized void mended(TableId table) {
        said.remove(table);
    }

    /** The partitions are read again from their stored offsets. */
    synchronized void readAgain() {
        stops.clear();
        found.clear();
        held.clear();
        unwritten.clear();
        behindParked.clear();
        awaited.clear();
    }
}
