package dev.failureaware.cdc.model;

import java.util.List;

/**
 * Names that the sink-consumer writes and the verifier reads in the sink database.
 *
 * <p>Every data table carries the {@code _cdc_} columns beside the source's columns; progress is kept in tables of a schema
 * of their own, so that no name of a captured table can clash with them.
 */
public final class SinkBookkeeping {
    private SinkBookkeeping() {}

    /** Prefix of all columns that the sink adds to a data table. No captured column may begin with it. */
    public static final String COLUMN_PREFIX = "_cdc_";

    /** {@code char(1)}: operation of the last event applied to the row: c, u or r. */
    public static final String OP = "_cdc_op";
    /** {@code bigint}: {@code source.lsn} of that event. */
    public static final String LSN = "_cdc_lsn";
    /**
     * {@code bigint}: an lsn that the event's transaction is proven to have committed after; for a snapshot row the
     * snapshot's lsn. A row below a complete snapshot's lsn was not in that snapshot: see the sweep. Negative where only the row's
     * own lsn, or that of a snapshot, is known.
     */
    public static final String AFTER = "_cdc_after";
    /** {@code timestamptz}: commit time at the source (capture time; business time stays in the data columns). */
    public static final String SOURCE_TS = "_cdc_source_ts";
    /** {@code timestamptz}: when the sink wrote the row. */
    public static final String RECEIVED = "_cdc_received";

    public static final List<String> COLUMNS = List.of(OP, LSN, AFTER, SOURCE_TS, RECEIVED);

    /** Schema of the tables below. */
    public static final String SCHEMA = "_cdc";
    /**
     * {@code topic text, partition int, next_offset bigint, …, duplicates bigint}: where each topic-partition stands, in the
     * transaction that wrote the rows. {@code next_offset} is the Kafka offset of the first record not yet applied;
     * {@code duplicates} counts events absorbed because they were sent before.
     */
    public static final TableId OFFSETS = new TableId(SCHEMA, "offsets");
    /**
     * {@code topic, partition, "offset", kind, key, value, key_bytes, value_bytes, row_key, schema_name, table_name, reason,
     * sqlstate, parked_at, replayed_at, outcome}: records that could not be applied. {@code key} and {@code value} are for
     * people and may be cut; the bytes are the record. {@code outcome} is null until the record is replayed, superseded or
     * dismissed.
     */
    public static final TableId PARKED = new TableId(SCHEMA, "parked");
    /**
     * {@code schema_name, table_name, lsn, table_complete, all_complete, swept_at, rows_swept, taken_at}: the snapshots of each table that
     * the sink has seen, and what the sweep after each removed.
     */
    public static final TableId SNAPSHOTS = new TableId(SCHEMA, "snapshots");
    /**
     * {@code connector, collection, started_at, completed_at, lsn}: tables in which a snapshot found no row, as the connector's
     * notifications say; the lsn once it is known from a table that had rows.
     */
    public static final TableId EMPTY_SCANS = new TableId(SCHEMA, "empty_scans");
    /**
     * {@code schema_name, table_name, lsn, committed_at, seen_at, rows_removed}: the newest TRUNCATE of each table; rows from
     * before it never come back. {@code seen_at} is the connector's clock, the other the source's.
     */
    public static final TableId TRUNCATES = new TableId(SCHEMA, "truncates");
    /**
     * {@code schema_name, table_name, lsn, committed_us, topic, partition, "offset", old_row,
     * parked}: rows as they were when
     * their key changed, because the event of the new key does not tell large values that did not change. Kept while
     * Kafka keeps that event; the place is that of the event.
     */
    public static final TableId KEY_CHANGES = new TableId(SCHEMA, "key_changes");
    /**
     * {@code topic, partition, waiting_offset, schema_name, table_name, reason, since}: the first record of a partition that
     * waits because its table is stopped. Only true while the partition's {@code next_offset} is not above {@code waiting_offset}.
     */
    public static final TableId STOPPED = new TableId(SCHEMA, "stopped");
    /**
     * {@code schema_name, table_name, schema_lsn}: position of the first event known to have the shape that the sink's table
     * follows.
     */
    public static final TableId TABLES = new TableId(SCHEMA, "tables");
    /**
     * {@code schema_name, table_name, column_name, new_name}: columns that the source no longer has, and their new names. A
     * person may write here too, to say what cannot be known from events.
     */
    public static final TableId FORMER_COLUMNS = new TableId(SCHEMA, "former_columns");
}
