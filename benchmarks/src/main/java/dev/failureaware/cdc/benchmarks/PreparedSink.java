package dev.failureaware.cdc.benchmarks;

import java.sql.SQLException;
import java.util.stream.Collectors;

/**
 * A sink database in which our sink has made its tables and then forgotten that it has read anything, with rows from before or
 * without; each drain gets a copy of it.
 */
final class PreparedSink {
    private static final String PREPARED = "prepared";
    /** Tells a drain's rows from those that were there before: the numbers of these are negative. */
    static final String NEW_ROWS = "seq > 0";

    private final TestBed bed;
    private final Table table;

    /** Takes over the sink database after a drain. */
    private PreparedSink(TestBed bed, Table table) {
        this.bed = bed;
        this.table = table;
    }

    /** @param rows how many rows shall be there before */
    static PreparedSink afterDrain(TestBed bed, Table table, long rows) throws SQLException {
        var prepared = new PreparedSink(bed, table);
        bed.execute(
                TestBed.SINK, "CREATE TABLE bench_template AS SELECT * FROM %s LIMIT 1".formatted(table.qualified()));
        bed.execute(TestBed.SINK, "TRUNCATE " + table.qualified());
        bed.execute(TestBed.SINK, "DELETE FROM _cdc.offsets");
        if (rows > 0) {
            prepared.preload(rows);
        }
        bed.execute(TestBed.SINK, "DROP TABLE bench_template");
        bed.execute(TestBed.SINK, "VACUUM ANALYZE " + table.qualified());
        bed.execute("postgres", "DROP DATABASE IF EXISTS " + PREPARED + " WITH (FORCE)");
        bed.execute("postgres", "ALTER DATABASE " + TestBed.SINK + " RENAME TO " + PREPARED);
        return prepared;
    }

    /** Rows of the same form, with the sink's own columns as it wrote them. */
    private void preload(long rows) throws SQLException {
        bed.execute(TestBed.SINK, Workload.FUNCTIONS);
        var added = bed.value(
                TestBed.SINK,
                "SELECT coalesce(string_agg(quote_ident(attname), ', ' ORDER BY attnum), '') FROM pg_attribute"
                        + " WHERE attrelid = '%s'::regclass AND attnum > 0 AND NOT attisdropped AND attname <> ALL ('{%s}')"
                                .formatted(
                                        table.qualified(),
                                        Table.COLUMNS.stream()
                                                .map(Table.Column::name)
                                                .collect(Collectors.joining(","))));
        var more = added.isEmpty() ? "" : ", " + added;
        bed.execute(
                TestBed.SINK,
                "INSERT INTO %s (%s%s) SELECT %s%s FROM generate_series(1, %d::bigint) AS g, bench_template"
                        .formatted(table.qualified(), Table.columns(), more, Workload.row("(-g)", "(-g)"), more, rows));
        bed.execute(TestBed.SINK, "DROP FUNCTION bench_key");
    }

    /** A copy as the sink database. */
    void restore() throws SQLException {
        bed.execute("postgres", "DROP DATABASE IF EXISTS " + TestBed.SINK + " WITH (FORCE)");
        bed.execute(
                "postgres",
                "CREATE DATABASE %s OWNER %s TEMPLATE %s STRATEGY file_copy"
                        .formatted(TestBed.SINK, TestBed.SINK_ROLE, PREPARED));
        bed.checkpoint();
    }

    /** Blocks that new rows cannot get into, in the copy. */
    long blocks() throws SQLException {
        var blocks = Long.parseLong(bed.value(
                TestBed.SINK,
                "SELECT pg_relation_size('%s') / current_setting('block_size')::int".formatted(table.qualified())));
        return Math.max(0, blocks - 1);
    }
}
