package dev.failureaware.cdc.sink;

import dev.failureaware.cdc.model.TableId;
import dev.failureaware.cdc.sink.apply.TableStoppedException;
import dev.failureaware.cdc.sink.decode.Decoded;
import dev.failureaware.cdc.sink.decode.TableShape;
import dev.failureaware.cdc.sink.plan.KeyOrder.Waiting;
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
    /** Reasons that the log has already. */
    private final Map<TableId, Set<String>> said = new HashMap<>();

    /** Partitions with an event that waits: what comes after it there waits too, of whatever table. */
    private final Set<TopicPartition> held = new HashSet<>();
    /** Those of the held partitions whose next event waits for a parked one. */
    private final Map<TopicPartition, Waiting> behindParked = new HashMap<>();

    synchronized void stop(TableStoppedException reason) {
        var table = reason.shape().table();
        // After each rebalance the same events stop the same tables again.
        LOG.logf(
                said.computeIfAbsent(table, key -> new HashSet<>()).add(reason.getMessage())
                        ? Level.ERROR
                        : Level.DEBUG,
                "%s is stopped, its events wait: %s",
                table,
                reason.getMessage());
        stops.merge(table, Stop.of(reason), (before, now) -> before.and(reason.use()));
    }

    /**
     * The events that need not wait: in each partition those before the first one that has the refused shape, or, where the
     * table was stopped before this batch, before the first one of the table.
     */
    synchronized List<Decoded> letThrough(List<Decoded> events, Set<TableId> stoppedBefore) {
        if (stops.isEmpty() && held.isEmpty()) {
            return events;
        }
        var through = new ArrayList<Decoded>(events.size());
        for (var event : events) {
            if (!held.contains(event.partition())) {
                if (waits(event, stoppedBefore)) {
                    held.add(event.partition());
                } else {
                    through.add(event);
                }
            }
        }
        return through;
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

    synchronized Map<TopicPartition, Waiting> behindParked() {
        return Map.copyOf(behindParked);
    }

    synchronized Map<TableId, Stop> all() {
        return Map.copyOf(stops);
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
        held.clear();
        behindParked.clear();
    }
}
