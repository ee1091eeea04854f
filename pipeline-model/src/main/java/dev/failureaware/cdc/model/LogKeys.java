package dev.failureaware.cdc.model;

/**
 * Under which names log lines of all services say what they are about; in JSON below {@code mdc}. A line has those that it knows,
 * and none of them ever holds the contents of a row.
 */
public final class LogKeys {
    public static final String TOPIC = "topic";
    public static final String PARTITION = "partition";
    /** In the partition. */
    public static final String OFFSET = "offset";
    /** {@code schema.name}. */
    public static final String TABLE = "table";
    /** In the source's log, as PostgreSQL writes it. */
    public static final String POSITION = "position";
    /** Of the load generator's life, or of the scenario. */
    public static final String RUN_ID = "runId";

    private LogKeys() {}
}
