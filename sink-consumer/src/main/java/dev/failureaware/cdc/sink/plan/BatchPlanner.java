package dev.failureaware.cdc.sink.plan;

import dev.failureaware.cdc.model.TableId;
import dev.failureaware.cdc.sink.decode.Decoded;
import dev.failureaware.cdc.sink.decode.Operation;
import dev.failureaware.cdc.sink.decode.Source;
import dev.failureaware.cdc.sink.decode.Source.Snapshot;
import dev.failureaware.cdc.sink.plan.Plan.Advance;
import dev.failureaware.cdc.sink.plan.Plan.ParkedRecord;
import dev.failureaware.cdc.sink.plan.Plan.SnapshotMark;
import dev.failureaware.cdc.sink.plan.Plan.TableWork;
import dev.failureaware.cdc.sink.plan.Plan.Truncation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;

/**
 * Folds a batch to the last state of each row. Pure: the same events and states give the same plan.
 *
 * <p>Events of one partition are taken in their order; a row lives in one partition, so its events are in order too.
 */
public final class BatchPlanner {
    private final Map<TopicPartition, PartitionState> before;
    private final long newestSnapshot;

    private final Map<TopicPartition, Progress> progress = new LinkedHashMap<>();
    /** By table, in one order for all, so that two replicas never wait for each other's tables crosswise. */
    private final Map<TableId, Truncation> truncations = new TreeMap<>();

    private final Map<TableId, FoldedTable> tables = new LinkedHashMap<>();
    private final Map<List<Object>, SnapshotMark> snapshotMarks = new LinkedHashMap<>();
    private final List<ParkedRecord> parked = new ArrayList<>();
    private final Map<Operation, Integer> applied = new EnumMap<>(Operation.class);
    private final List<Long> commits = new ArrayList<>();
    private long notedCommit;

    private BatchPlanner(Map<TopicPartition, PartitionState> before, long newestSnapshot) {
        this.before = before;
        this.newestSnapshot = newestSnapshot;
    }

    /**
     * @param before state of every partition that occurs in {@code events}
     * @param newestSnapshot lsn of the newest snapshot that the sink has seen in any partition, 0 for none
     */
    public static Plan plan(
            List<? extends Decoded> events, Map<TopicPartition, PartitionState> before, long newestSnapshot) {
        var newest = newestSnapshot;
        for (var event : events) {
            var source = source(event);
            if (source != null && source.ofSnapshot()) {
                newest = Math.max(newest, source.lsn());
            }
        }
        var planner = new BatchPlanner(before, newest);
        events.forEach(planner::add);
        return planner.plan();
    }

    /** Whether planning these events needs to know the newest snapshot: see {@link #committedAfter}. */
    public static boolean needsNewestSnapshot(List<? extends Decoded> events) {
        return events.stream()
                .map(BatchPlanner::source)
                .anyMatch(source -> source != null && source.previousCommitLsn() == null && !source.ofSnapshot());
    }

    /** Null where a record has none, or none that could be understood. */
    private static Source source(Decoded event) {
        if (event instanceof Decoded.RowChange change) {
            return change.source();
        }
        return event instanceof Decoded.Refused refused ? refused.change().source() : null;
    }

    /** How far the plan has come in a partition. */
    private static final class Progress {
        private final long from;
        private long nextOffset;
        private Watermark watermark;
        private int duplicates;

        Progress(PartitionState before) {
            from = before.nextOffset();
            nextOffset = from;
            watermark = before.watermark();
        }

        boolean isBehind(Decoded event) {
            return event.offset() >= nextOffset;
        }

        /** Whether the change is not proven to be one of before. */
        boolean advance(Decoded.Positioned change) {
            nextOffset = change.offset() + 1;
            if (Watermark.provesOld(watermark, change.source())) {
                duplicates++;
                return false;
            }
            watermark = Watermark.after(watermark, change.source());
            return true;
        }

        Advance advance() {
            return new Advance(from, new PartitionState(nextOffset, watermark), duplicates);
        }
    }

    private void add(Decoded event) {
        var partition = progress.computeIfAbsent(event.partition(), key -> new Progress(before.get(key)));
        if (!partition.isBehind(event)) {
            return; // Read twice from Kafka after a seek; already in this plan or in the database.
        }
        if (event instanceof Decoded.Positioned change) {
            if (partition.advance(change)) {
                apply(change);
            }
            return;
        }
        if (event instanceof Decoded.Refused refused) {
            // Its position counts as if it were applied, and so does what it tells of its snapshot.
            if (partition.advance(refused.change())) {
                mark(refused.change());
                leaveParked(refused.change());
                parked.add(new ParkedRecord(refused, committedAfter(refused.change())));
            }
            return;
        }
        if (event instanceof Decoded.Undecodable undecodable) {
            parked.add(new ParkedRecord(undecodable, null));
        }
        partition.nextOffset = event.offset() + 1;
    }

    private void apply(Decoded.Positioned change) {
        applied.merge(change.operation(), 1, Integer::sum);
        noteCommit(change.source());
        if (change instanceof Decoded.Truncate truncate) {
            truncations.merge(
                    truncate.table(),
                    new Truncation(
                            truncate.table(),
                            truncate.source().lsn(),
                            truncate.source().commitMicros(),
                            truncate.seenMicros()),
                    BatchPlanner::later);
        } else if (change instanceof Decoded.RowChange row) {
            apply(row);
        }
    }

    private void noteCommit(Source source) {
        if (source.snapshot() == Snapshot.NONE
                && Math.abs(source.commitMicros() - notedCommit) >= Plan.ONE_MOMENT_MICROS) {
            notedCommit = source.commitMicros();
            commits.add(notedCommit);
        }
    }

    /** A log that went back, after a restore, is told by its commit times. */
    private static Truncation later(Truncation a, Truncation b) {
        return Comparator.comparingLong(Truncation::commitMicros)
                                .thenComparing(Truncation::lsn, Long::compareUnsigned)
                                .compare(a, b)
                        > 0
                ? a
                : b;
    }

    private void apply(Decoded.RowChange change) {
        mark(change);
        tables.computeIfAbsent(change.shape().table(), table -> new FoldedTable())
                .add(change, committedAfter(change));
    }

    private void leaveParked(Decoded.RowChange change) {
        if (change instanceof Decoded.Delete delete && delete.keyChanged()) {
            tables.computeIfAbsent(delete.shape().table(), table -> new FoldedTable())
                    .leaveParked(delete);
        }
    }

    private void mark(Decoded.RowChange change) {
        var source = change.source();
        if (source.ofSnapshot()) {
            snapshotMarks.merge(
                    List.of(change.shape().table(), source.lsn()),
                    new SnapshotMark(
                            change.shape().table(),
                            source.lsn(),
                            change.partition().topic(),
                            source.snapshot() == Snapshot.LAST_OF_TABLE,
                            source.snapshot() == Snapshot.LAST,
                            source.commitMicros()),
                    (a, b) -> new SnapshotMark(
                            a.table(),
                            a.lsn(),
                            a.topic(),
                            a.ofTable() || b.ofTable(),
                            a.ofAll() || b.ofAll(),
                            a.takenMicros()));
        }
    }

    /**
     * A position that the event's transaction is proven to have committed after: what tells rows that a re-snapshot should
     * have contained from rows that came later.
     *
     * <p>The first transaction after a snapshot does not carry the previous commit, and its row lsns can be lower than the
     * snapshot's when it was in flight then. It came after the newest snapshot seen, so that is what is proven; but it may
     * have come after one whose rows, in other partitions, were not seen yet, so the number is made negative.
     */
    private long committedAfter(Decoded.RowChange change) {
        return committedAfter(change, newestSnapshot);
    }

    /** The same, for a change that was taken up when that was the newest snapshot. */
    public static long committedAfter(Decoded.RowChange change, long newestSnapshot) {
        var source = change.source();
        if (source.ofSnapshot()) {
            return source.lsn();
        }
        return source.previousCommitLsn() != null
                ? source.previousCommitLsn()
                : -Math.max(source.lsn(), newestSnapshot);
    }

    private Map<TopicPartition, Advance> advances() {
        var advances = new HashMap<TopicPartition, Advance>();
        progress.forEach((partition, reached) -> {
            if (reached.nextOffset > reached.from) {
                advances.put(partition, reached.advance());
            }
        });
        return Map.copyOf(advances);
    }

    private Plan plan() {
        var work = new ArrayList<TableWork>();
        tables.values().forEach(table -> table.addTo(work));
        return new Plan(
                advances(),
                List.copyOf(truncations.values()),
                List.copyOf(work),
                List.copyOf(snapshotMarks.values()),
                List.copyOf(parked),
                Map.copyOf(applied),
                List.copyOf(commits));
    }
}
