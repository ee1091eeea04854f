package dev.failureaware.cdc.sink.apply;

import dev.failureaware.cdc.model.SinkBookkeeping;
import dev.failureaware.cdc.model.TableId;
import dev.failureaware.cdc.sink.decode.ValueForm;
import dev.failureaware.cdc.sink.plan.Plan.Truncation;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import java.util.List;

/**
 * TRUNCATE as a position: at the source it holds the table alone, so a row's change came before it exactly if its lsn is lower, in
 * whatever transaction, partition or snapshot it comes. The position is kept, so that rows from before it which arrive
 * later, from a partition that lags or from a topic that is read again, are refused by the statement that would write them.
 *
 * <p>A row with a lower lsn and a newer time is of a source that was restored, and is taken. Rows of snapshots are dated by the
 * connector's clock, streamed ones by the source's, so each is compared with the truncation by the same clock.
 */
final class Truncates {
    private static final String TABLE = SinkBookkeeping.TRUNCATES.quoted();

    /** Gives a row only if the position is news. */
    private static final String REMEMBER = "INSERT INTO " + TABLE
            + " AS t (schema_name, table_name, lsn, committed_at, seen_at)"
            + " VALUES ($1, $2, $3, $4::text::timestamptz, $5::text::timestamptz)"
            + " ON CONFLICT (schema_name, table_name) DO UPDATE SET lsn = excluded.lsn,"
            + " committed_at = excluded.committed_at, seen_at = excluded.seen_at, rows_removed = 0"
            + " WHERE (excluded.committed_at, excluded.lsn) > (t.committed_at, t.lsn) RETURNING lsn";

    private static final String IS_WRITTEN_BY_US =
            "SELECT FROM pg_attribute WHERE attrelid = to_regclass($1) AND attname = '" + SinkBookkeeping.LSN
                    + "' AND NOT attisdropped";

    /**
     * True for a row that no TRUNCATE has removed. The statement that asks must write the table: then it waits for a TRUNCATE
     * that is just being applied, see {@link #empty}, and sees its position.
     *
     * <p>The comparison with the position, which is read once for a statement, spares nearly all rows the subquery.
     *
     * @param row alias of a row with the {@code _cdc_} columns
     */
    static String notBefore(TableId table, String row) {
        var ofTable = " FROM " + TABLE + " m WHERE m.schema_name = " + literal(table.schema()) + " AND m.table_name = "
                + literal(table.name());
        return "(coalesce(" + row + "." + SinkBookkeeping.LSN + " >= (SELECT max(m.lsn)" + ofTable
                + "), true) OR NOT EXISTS (SELECT" + ofTable + " AND " + isBefore(row, "m") + "))";
    }

    private static String isBefore(String row, String mark) {
        return row + "." + SinkBookkeeping.LSN + " < " + mark + ".lsn AND " + row + "." + SinkBookkeeping.SOURCE_TS
                + " <= CASE " + row + "." + SinkBookkeeping.OP + " WHEN 'r' THEN " + mark + ".seen_at ELSE " + mark
                + ".committed_at END";
    }

    /** Remembers the positions and removes what came before them; gives the number of rows, as far as it is known. */
    Uni<Long> apply(SqlConnection connection, List<Truncation> truncations) {
        var total = Uni.createFrom().item(0L);
        for (var truncation : truncations) {
            total = total.chain(sum -> apply(connection, truncation).map(removed -> sum + removed));
        }
        return total;
    }

    private Uni<Long> apply(SqlConnection connection, Truncation truncation) {
        var table = truncation.table();
        return lock(connection, table)
                .chain(() -> remember(connection, truncation))
                .chain(isNews -> isNews ? isWrittenByUs(connection, table) : no())
                .chain(rows ->
                        rows ? empty(connection, table) : Uni.createFrom().item(0L))
                .call(removed -> connection
                        .preparedQuery("UPDATE " + TABLE
                                + " SET rows_removed = rows_removed + $3 WHERE schema_name = $1 AND table_name = $2")
                        .execute(Tuple.of(table.schema(), table.name(), removed)));
    }

    /**
     * Held to the end of the transaction by who makes the table and by who empties it: a table that is just being made, and
     * written, cannot be locked by its name.
     */
    static Uni<Void> lock(SqlConnection connection, TableId table) {
        return connection
                .preparedQuery("SELECT pg_advisory_xact_lock(hashtext($1), hashtext($2))")
                .execute(Tuple.of(TABLE, table.quoted()))
                .replaceWithVoid();
    }

    private static Uni<Boolean> remember(SqlConnection connection, Truncation truncation) {
        return connection
                .preparedQuery(REMEMBER)
                .execute(Tuple.of(
                        truncation.table().schema(),
                        truncation.table().name(),
                        truncation.lsn(),
                        ValueForm.timestamp(truncation.commitMicros()) + "+00",
                        ValueForm.timestamp(truncation.seenMicros()) + "+00"))
                .map(news -> news.size() > 0);
    }

    private static Uni<Boolean> no() {
        return Uni.createFrom().item(false);
    }

    private static Uni<Boolean> isWrittenByUs(SqlConnection connection, TableId table) {
        return connection
                .preparedQuery(IS_WRITTEN_BY_US)
                .execute(Tuple.of(table.quoted()))
                .map(rows -> rows.size() > 0);
    }

    /**
     * The lock waits for those who are writing the table, so that their rows are seen here, and makes later writers wait, so that
     * they see the position. Readers are not held up, which
     * the sink's own TRUNCATE would do.
     */
    private static Uni<Long> empty(SqlConnection connection, TableId table) {
        var lock = "LOCK TABLE " + table.quoted() + " IN SHARE ROW EXCLUSIVE MODE";
        var delete = "DELETE FROM " + table.quoted() + " t USING " + TABLE + " m WHERE m.schema_name = "
                + literal(table.schema()) + " AND m.table_name = " + literal(table.name()) + " AND "
                + isBefore("t", "m");
        return connection
                .query(lock)
                .execute()
                .chain(() -> connection.query(delete).execute().map(rows -> (long) rows.rowCount()));
    }

    /** standard_conforming_strings is on, so a backslash is a backslash. */
    static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
