package dev.failureaware.cdc.sink.plan;

import dev.failureaware.cdc.model.TableId;
import dev.failureaware.cdc.sink.decode.ColumnShape;
import dev.failureaware.cdc.sink.decode.Decoded;
import dev.failureaware.cdc.sink.decode.Operation;
import dev.failureaware.cdc.sink.decode.Source;
import dev.failureaware.cdc.sink.decode.TableShape;
import dev.failureaware.cdc.sink.decode.ValueForm;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * All that one batch of records will do to the sink, as immutable data; applied in one transaction.
 *
 * @param advances per partition, how its state moves
 * @param truncations tables that were emptied, before any row is written
 * @param tables rows to delete and to write, in this order; in each deletes come first
 * @param snapshotMarks what the batch tells of snapshots
 * @param parked records that are put aside instead of applied, in the order of their partitions
 * @param eventsApplied events by operation that took effect or were folded into a later one of the same row
 * @param commits when the transactions of these events committed at the source, microseconds since 1970; one for all that
 *     are neighbours in a partition and of one moment. Rows of snapshots have none
 */
public record Plan(
        Map<TopicPartition, Advance> advances,
        List<Truncation> truncations,
        List<TableWork> tables,
        List<SnapshotMark> snapshotMarks,
        List<ParkedRecord> parked,
        Map<Operation, Integer> eventsApplied,
        List<Long> commits) {

    /** Commits that are not so far apart count as one: to observe each would cost where every row is a commit of its own. */
    static final long ONE_MOMENT_MICROS = 10_000;

    /** @param duplicates events of the partition that were recognised as sent before */
    public record Advance(long from, PartitionState to, int duplicates) {}

    /**
     * The table's rows from before this position are gone.
     *
     * @param commitMicros commit time at the source, microseconds since 1970
     * @param seenMicros the same moment by the connector's clock, which dates the rows of snapshots
     */
    public record Truncation(TableId table, long lsn, long commitMicros, long seenMicros) {}

    /**
     * What is done to one table by events of one shape. A table whose schema changed in the batch occurs once per shape, the
     * older shape first, so that each change of the table finds the rows that it found at the source.
     *
     * @param left rows that leave their keys for others, to be kept before any row is deleted, the older ones first
     */
    public record TableWork(ShapeUse use, List<RowLeft> left, List<RowDelete> deletes, List<UpsertGroup> upserts) {
        public TableId table() {
            return use.shape().table();
        }
    }

    /**
     * A version of a table and where in the source's log its events of this batch stand.
     *
     * @param firstLsn smallest lsn of its events
     * @param lastLsn largest lsn of its events
     */
    public record ShapeUse(TableShape shape, long firstLsn, long lastLsn) {
        ShapeUse and(ShapeUse other) {
            return new ShapeUse(shape, Math.min(firstLsn, other.firstLsn), Math.max(lastLsn, other.lastLsn));
        }
    }

    /**
     * An update that changed a row's key. It arrives as a delete and an insert, maybe in two partitions; this is what both carry
     * and no other change of the table does.
     */
    public record KeyChange(long lsn, long commitMicros) {
        public static KeyChange of(Source source) {
            return new KeyChange(source.lsn(), source.commitMicros());
        }
    }

    /**
     * A row as it leaves its key: the event of the new key does not tell large values that did not change.
     *
     * @param offset of the delete, as {@code partition}
     * @param known what the batch tells of the row, in the order of the shape's columns, with
     *     {@link ValueForm#UNAVAILABLE} for what is as the sink holds it; empty where the batch tells nothing
     * @param cameBy where the row had its old key by another change of this kind, in this batch, and values that are not
     *     known are those of that one; else null
     * @param parked the delete is put aside, and nobody knows what the row would have been
     */
    public record RowLeft(
            KeyChange change,
            TopicPartition partition,
            long offset,
            List<String> keyColumns,
            List<String> key,
            List<String> known,
            KeyChange cameBy,
            boolean parked) {}

    /** The other half: values that the row lacks are those with which it has left its old key. */
    public record Arrival(KeyChange change, TopicPartition partition, long offset) {}

    public record RowDelete(List<String> keyColumns, List<String> key) {}

    /**
     * Rows that one statement can write.
     *
     * @param columns the columns that the rows give values for; a TOASTed value that was not sent leaves its column out
     * @param carried columns whose values come from the rows' {@link Arrival}
     * @param ofSnapshot whether the rows were read by a snapshot
     * @param onlyWhereThereIsOne the events change rows and do not tell all of their values. Where the sink has no such row, it
     *     reads again what it has applied before, and the row is deleted later on: there is nothing to write
     */
    public record UpsertGroup(
            List<String> keyColumns,
            List<ColumnShape> columns,
            List<ColumnShape> carried,
            boolean ofSnapshot,
            boolean onlyWhereThereIsOne,
            List<RowUpsert> rows) {}

    /**
     * @param values in the order of the group's columns
     * @param after an lsn that the row's transaction is proven to have committed after; negative for the first transaction after a
     *     snapshot, which may be one that nobody has seen yet
     * @param arrival null except in a group that carries values
     */
    public record RowUpsert(
            List<String> values, Operation operation, long lsn, long after, long commitMicros, Arrival arrival) {}

    /**
     * @param ofTable the snapshot of this table is complete
     * @param ofAll the whole snapshot is complete
     * @param takenMicros when it was taken, by the connector's clock, microseconds since 1970
     */
    public record SnapshotMark(
            TableId table, long lsn, String topic, boolean ofTable, boolean ofAll, long takenMicros) {}

    /** @param after as in {@link RowUpsert}; null for a record that could not be understood */
    public record ParkedRecord(Decoded.Parked record, Long after) {}

    public int duplicates() {
        return advances.values().stream().mapToInt(Advance::duplicates).sum();
    }
}
