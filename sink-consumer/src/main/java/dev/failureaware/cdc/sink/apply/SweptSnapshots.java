package dev.failureaware.cdc.sink.apply;

import dev.failureaware.cdc.model.SinkBookkeeping;
import dev.failureaware.cdc.model.TableId;

/**
 * What a snapshot did not hold was swept once, and must not come back when the topic is read again from in front of it: rows that
 * are proven to be from before the snapshot are refused by the statement that would write them. The snapshot's own rows
 * follow in the topic, so what lives is written by them.
 *
 * <p>A row with a lower position and a newer time is of a source that was restored, and is taken. One of the first transaction
 * after a snapshot is judged by the clocks, as the sweep does.
 */
final class SweptSnapshots {
    private SweptSnapshots() {}

    /**
     * True for a row that no sweep would have removed.
     *
     * <p>The comparison with the newest swept snapshot, which is read once for a statement, spares nearly all rows the subquery.
     *
     * @param row alias of a row with the {@code _cdc_} columns
     */
    static String notBefore(TableId table, String row) {
        var after = row + "." + SinkBookkeeping.AFTER;
        var committed = row + "." + SinkBookkeeping.SOURCE_TS;
        var ofTable = " FROM " + SinkBookkeeping.SNAPSHOTS.quoted() + " s WHERE s.schema_name = "
                + Truncates.literal(table.schema()) + " AND s.table_name = " + Truncates.literal(table.name())
                + " AND s.swept_at IS NOT NULL";
        return "(coalesce(abs(" + after + ") >= (SELECT max(s.lsn)" + ofTable + "), true) OR NOT EXISTS (SELECT"
                + ofTable
                + " AND abs(" + after + ") < s.lsn AND " + committed + " <= s.taken_at AND (" + after + " >= 0 OR "
                + committed + " < s.taken_at - interval '2 seconds')))";
    }
}
