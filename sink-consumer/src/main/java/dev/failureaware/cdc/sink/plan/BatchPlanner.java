package dev.failureaware.cdc.sink.plan;

import dev.failureaware.cdc.model.TableId;
import dev.failureaware.cdc.sink.decode.Decoded;
import dev.failureaware.cdc.sink.decode.Operation;
import dev.failureaware.cdc.sink.decode.Source;
import dev.failureaware.cdc.sink.decode.Source.Snapshot;
import dev.failureaware.cdc.sink.plan.PartitionState.SnapshotStart;
import dev.failureaware.cdc.sink.plan.Plan.Advance;
import dev.failureaware.cdc.sink.plan.Plan.ParkedRecord;
import dev.failureaware.cdc.sink.plan.Plan.SnapshotMark;
import dev.failureaware.cdc.sink.plan.Plan.TableWork;
import dev.failureaware.cdc.sink.plan.Plan.Truncation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
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
    private final List<KnownSnapshot> snapshots;

    private final Map<TopicPartition, Progress> progress = new LinkedHashMap<>();
    /** By table, in one order for all, so that two replicas never wait for each other's tables crosswise. */
    private final Map<TableId, Truncation> truncations = new TreeMap<>();

    private final Map<TableId, FoldedTable> tables = new LinkedHashMap<>();
    private final Map<List<Object>, SnapshotMark> snapshotMarks = new LinkedHashMap<>();
    private final List<ParkedRecord> parked = new ArrayList<>();
    private final Map<Operation, Integer> applied = new EnumMap<>(Operation.class);
    private final List<Long> commits = new ArrayList<>();
    private long notedCommit;

    private BatchPlanner(Map<TopicPartition, PartitionState> before, List<KnownSnapshot> snapshots) {
        this.before = before;
        this.snapshots = snapshots;
    }

    /**
     * @param before state of every partition that occurs in {@code events}
     * @param snapshots that the sink has seen in any partition; only needed where {@link #needsSnapshots}
     */
    public static Plan plan(
            List<? extends Decoded> events,
            Map<TopicPartition, PartitionState> before,
            Collection<KnownSnapshot> snapshots) {
        var all = new LinkedHashSet<>(snapshots);
        for (var event : events) {
            var source = source(event);
            if (source != null && source.ofSnapshot()) {
                all.add(new KnownSnapshot(source.lsn(), source.commitMicros()));
            }
        }
        var planner = new BatchPlanner(before, List.copyOf(all));
        events.forEach(planner::add);
        return planner.plan();
    }

    /** Whether planning these events needs to know the snapshots: see {@link #committedAfter}. */
    public static boolean needsSnapshots(List<? extends Decoded> events) {
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
        private SnapshotStart snapshot;
        private int duplicates;

        Progress(PartitionState before) {
            from = before.nextOffset();
            nextOffset = from;
            watermark = before.watermark();
            snapshot = before.snapshot();
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
            if (change.source().ofSnapshot()) {
                snapshot = SnapshotStart.newer(
                        snapshot, new SnapshotStart(change.source().lsn(), change.offset()));
            }
            return true;
        }

        Advance advance() {
            return new Advance(from, new PartitionState(nextOffset, watermark, snapshot), duplicates);
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
     * snapshot's when it was in flight then. Which snapshot that was is told by its own partition, where the snapshot has rows
     * in front of it. Where it has none there, rows of other partitions may have been seen, or not yet; these may also be of a
     * later snapshot, as partitions are not read in step. So the time of the commit decides, and the number is made negative.
     */
    private long committedAfter(Decoded.RowChange change) {
        var before = progress.get(change.partition()).snapshot;
        return committedAfter(
                change, before != null && before.offset() < change.offset() ? before.lsn() : 0, snapshots);
    }

    /**
     * The same, for a change that is planned alone.
     *
     * @param provenSnapshot lsn of one that is known to be before it, 0 for none
     * @param others whatever the sink knew when it took up the change
     */
    public static long committedAfter(Decoded.RowChange change, long provenSnapshot, Collection<KnownSnapshot> others) {
        var source = change.source();
        if (source.ofSnapshot()) {
            return source.lsn();
        }
        if (source.previousCommitLsn() != null) {
            return source.previousCommitLsn();
        }
        var newest = Math.max(source.lsn(), provenSnapshot);
        for (var snapshot : others) {
            if (snapshot.mayBeBefore(source.commitMicros())) {
                newest = Math.max(newest, snapshot.lsn());
            }
        }
        return -newest;
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
