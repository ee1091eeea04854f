package dev.failureaware.cdc.sink.plan;

import dev.failureaware.cdc.model.TableId;
import dev.failureaware.cdc.sink.decode.ColumnShape;
import dev.failureaware.cdc.sink.decode.Decoded;
import dev.failureaware.cdc.sink.decode.Operation;
import dev.failureaware.cdc.sink.decode.Source;
import dev.failureaware.cdc.sink.decode.Source.Snapshot;
import dev.failureaware.cdc.sink.decode.TableShape;
import dev.failureaware.cdc.sink.decode.ValueForm;
import dev.failureaware.cdc.sink.plan.Plan.Advance;
import dev.failureaware.cdc.sink.plan.Plan.Arrival;
import dev.failureaware.cdc.sink.plan.Plan.KeyChange;
import dev.failureaware.cdc.sink.plan.Plan.ParkedRecord;
import dev.failureaware.cdc.sink.plan.Plan.RowDelete;
import dev.failureaware.cdc.sink.plan.Plan.RowLeft;
import dev.failureaware.cdc.sink.plan.Plan.RowUpsert;
import dev.failureaware.cdc.sink.plan.Plan.ShapeUse;
import dev.failureaware.cdc.sink.plan.Plan.SnapshotMark;
import dev.failureaware.cdc.sink.plan.Plan.TableWork;
import dev.failureaware.cdc.sink.plan.Plan.Truncation;
import dev.failureaware.cdc.sink.plan.Plan.UpsertGroup;
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

    private final Map<TableId, Table> tables = new LinkedHashMap<>();
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
        tables.computeIfAbsent(change.shape().table(), table -> new Table()).add(change, committedAfter(change));
    }

    /** Who waits for the row under its new key learns that it has to be put aside too. */
    private void leaveParked(Decoded.RowChange change) {
        if (change instanceof Decoded.Delete delete && delete.keyChanged()) {
            tables.computeIfAbsent(delete.shape().table(), table -> new Table())
                    .rows(delete.shape())
                    .leave(delete, List.of(), null, true);
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

    /** A table's rows, by the shape of their events. */
    private static final class Table {
        private final List<Rows> byShape = new ArrayList<>();

        void add(Decoded.RowChange change, long after) {
            rows(change.shape()).add(change, after);
        }

        /** Shapes are few and nearly always the same instance, so they are not hashed. */
        private Rows rows(TableShape shape) {
            for (var rows : byShape) {
                if (rows.shape == shape) {
                    return rows;
                }
            }
            for (var rows : byShape) {
                if (rows.shape.equals(shape)) {
                    return rows;
                }
            }
            var rows = new Rows(shape);
            byShape.add(rows);
            return rows;
        }

        /** A change of a table waits for its writers and later ones wait for it, so lsns tell which shape is older. */
        void addTo(List<TableWork> work) {
            byShape.stream()
                    .map(Rows::work)
                    .sorted(Comparator.comparingLong(table -> table.use().firstLsn()))
                    .forEach(work::add);
        }
    }

    /** The last state of each row, as far as events of one shape tell it. */
    private static final class Rows {
        private final TableShape shape;
        private long firstLsn = Long.MAX_VALUE;
        private long lastLsn = Long.MIN_VALUE;
        private final Map<List<String>, Row> rowsByKey = new HashMap<>();
        private final List<Row> rowsWithoutKey = new ArrayList<>();
        private final Map<KeyChange, RowLeft> left = new LinkedHashMap<>();

        Rows(TableShape shape) {
            this.shape = shape;
        }

        void add(Decoded.RowChange change, long after) {
            use(change);
            var row = Row.of(change, after);
            if (shape.hasKey()) {
                var earlier = rowsByKey.put(change.key(), row);
                follow(row, earlier);
                if (earlier != null) {
                    rowsByKey.put(change.key(), row.over(earlier));
                }
            } else {
                rowsWithoutKey.add(row);
            }
        }

        private void use(Decoded.RowChange change) {
            firstLsn = Math.min(firstLsn, change.source().lsn());
            lastLsn = Math.max(lastLsn, change.source().lsn());
        }

        /** Keeps what may be asked for under a row's new key, and nothing where the batch tells all of the new row. */
        private void follow(Row row, Row earlier) {
            if (row.change instanceof Decoded.Delete delete) {
                if (!delete.keyChanged()) {
                    return;
                }
                if (earlier == null) {
                    leave(delete, List.of(), null, false);
                } else if (earlier.values != null) {
                    var cameBy = earlier.arrival == null || earlier.isWhole() ? null : earlier.arrival.change();
                    leave(delete, earlier.values, cameBy, false);
                }
            } else if (!left.isEmpty() && row.change.operation() == Operation.INSERT && row.arrival == null) {
                left.remove(KeyChange.of(row.change.source()));
            }
        }

        /** What was kept first is right: the same delete sent again finds another row or none. */
        void leave(Decoded.Delete delete, List<String> known, KeyChange cameBy, boolean parked) {
            use(delete);
            var change = KeyChange.of(delete.source());
            left.putIfAbsent(
                    change,
                    new RowLeft(
                            change,
                            delete.partition(),
                            delete.offset(),
                            shape.keyColumns(),
                            delete.key(),
                            known,
                            cameBy,
                            parked));
        }

        TableWork work() {
            var deletes = new ArrayList<RowDelete>();
            var groups = new Groups(shape);
            // One order of keys for all, so that two replicas never wait for each other's rows crosswise.
            var keyed = new ArrayList<>(rowsByKey.values());
            keyed.sort(KeyOrder::compare);
            keyed.forEach(row -> row.into(deletes, groups));
            rowsWithoutKey.forEach(row -> row.into(deletes, groups));
            return new TableWork(
                    new ShapeUse(shape, firstLsn, lastLsn),
                    List.copyOf(left.values()),
                    deletes,
                    List.copyOf(groups.byContent.values()));
        }
    }

    /**
     * Some order of all keys. Shorter texts come first, which makes it that of whole numbers and of uuids, and so of most
     * indexes.
     */
    private static final class KeyOrder {
        /** Mostly decided by the first column, which is at hand. */
        static int compare(Row a, Row b) {
            var order = compare(a.firstKey, b.firstKey);
            return order != 0 ? order : compare(a.change.key(), b.change.key());
        }

        private static int compare(List<String> a, List<String> b) {
            for (var i = 0; i < a.size(); i++) {
                var order = compare(a.get(i), b.get(i));
                if (order != 0) {
                    return order;
                }
            }
            return 0;
        }

        private static int compare(String a, String b) {
            if (a == null || b == null) {
                return Boolean.compare(b == null, a == null);
            }
            var byLength = Integer.compare(a.length(), b.length());
            return byLength != 0 ? byLength : a.compareTo(b);
        }
    }

    /** Rows that give values for the same columns. */
    private static final class Groups {
        /** How a group's rows differ from those of others of the shape. */
        private record Content(
                List<ColumnShape> columns,
                List<ColumnShape> carried,
                boolean ofSnapshot,
                boolean onlyWhereThereIsOne) {}

        private final TableShape shape;
        private final Map<Content, UpsertGroup> byContent = new LinkedHashMap<>();
        /** Of rows with all columns: by far the most. */
        private final UpsertGroup[] whole = new UpsertGroup[2];

        Groups(TableShape shape) {
            this.shape = shape;
        }

        List<RowUpsert> whole(boolean ofSnapshot) {
            var index = ofSnapshot ? 1 : 0;
            if (whole[index] == null) {
                whole[index] = group(shape.columns(), List.of(), ofSnapshot, false);
            }
            return whole[index].rows();
        }

        UpsertGroup group(
                List<ColumnShape> columns, List<ColumnShape> carried, boolean ofSnapshot, boolean onlyWhereThereIsOne) {
            return byContent.computeIfAbsent(
                    new Content(columns, carried, ofSnapshot, onlyWhereThereIsOne),
                    content -> new UpsertGroup(
                            shape.keyColumns(), columns, carried, ofSnapshot, onlyWhereThereIsOne, new ArrayList<>()));
        }
    }

    /**
     * @param firstKey value of the key's first column
     * @param begins whether the batch holds the row's beginning (or end), so that nothing is known of it from before
     * @param values null for a deleted row
     * @param arrival null unless the row begins by a change of its key, without all of its values
     */
    private record Row(
            Decoded.RowChange change,
            String firstKey,
            long after,
            boolean begins,
            List<String> values,
            Arrival arrival) {
        static Row of(Decoded.RowChange change, long after) {
            var values = change instanceof Decoded.Upsert upsert ? upsert.values() : null;
            var arrives = change.operation() == Operation.INSERT && !isWhole(values);
            return new Row(
                    change,
                    change.key().isEmpty() ? null : change.key().get(0),
                    after,
                    change.operation() != Operation.UPDATE,
                    values,
                    arrives ? new Arrival(KeyChange.of(change.source()), change.partition(), change.offset()) : null);
        }

        /** This later state, with values that it lacks taken from the earlier one. */
        Row over(Row earlier) {
            if (values == null || earlier.values == null || isWhole()) {
                return this;
            }
            var known = new HashMap<String, String>();
            for (var i = 0; i < earlier.values.size(); i++) {
                known.put(earlier.change.shape().columns().get(i).name(), earlier.values.get(i));
            }
            var merged = new ArrayList<String>(values.size());
            for (var i = 0; i < values.size(); i++) {
                var column = change.shape().columns().get(i).name();
                merged.add(
                        isUnavailable(values.get(i)) && known.containsKey(column) ? known.get(column) : values.get(i));
            }
            return new Row(
                    change, firstKey, after, earlier.begins, merged, arrival == null ? earlier.arrival : arrival);
        }

        private boolean isWhole() {
            return isWhole(values);
        }

        private static boolean isWhole(List<String> values) {
            for (var i = 0; i < values.size(); i++) {
                if (isUnavailable(values.get(i))) {
                    return false;
                }
            }
            return true;
        }

        void into(List<RowDelete> deletes, Groups groups) {
            if (values == null) {
                deletes.add(new RowDelete(change.shape().keyColumns(), change.key()));
                return;
            }
            var ofSnapshot = change.source().ofSnapshot();
            if (isWhole()) {
                groups.whole(ofSnapshot).add(upsert(values, null));
                return;
            }
            var columns = new ArrayList<ColumnShape>(values.size());
            var lacking = new ArrayList<ColumnShape>();
            var given = new ArrayList<String>(values.size());
            for (var i = 0; i < values.size(); i++) {
                var column = change.shape().columns().get(i);
                if (isUnavailable(values.get(i))) {
                    lacking.add(column);
                } else {
                    columns.add(column);
                    given.add(values.get(i));
                }
            }
            groups.group(
                            columns,
                            arrival == null ? List.of() : lacking,
                            ofSnapshot,
                            arrival == null && !begins && change.shape().hasKey())
                    .rows()
                    .add(upsert(given, arrival));
        }

        private RowUpsert upsert(List<String> given, Arrival arrival) {
            return new RowUpsert(
                    given,
                    change.operation(),
                    change.source().lsn(),
                    after,
                    change.source().commitMicros(),
                    arrival);
        }

        @SuppressWarnings("StringEquality") // The placeholder is known by identity: see ValueForm.UNAVAILABLE.
        private static boolean isUnavailable(String value) {
            return value == ValueForm.UNAVAILABLE;
        }
    }
}
