package dev.failureaware.cdc.sink.apply;

import dev.failureaware.cdc.model.SinkBookkeeping;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

/**
 * Tables in which a snapshot found no row: it sends no event for them, only a notification, and that carries no lsn. The
 * snapshot's time, which its rows in other tables carry with their lsn, lies between its first and its last notification, all by
 * the connector's clock. So the lsn is known once such a row was applied; a snapshot that found no row at all has none.
 */
@ApplicationScoped
public class EmptyScans {
    private static final String TABLE = SinkBookkeeping.EMPTY_SCANS.quoted();
    private static final String SNAPSHOTS = SinkBookkeeping.SNAPSHOTS.quoted();

    static final String CREATE = "CREATE TABLE IF NOT EXISTS " + TABLE + """
             (connector text, collection text, started_at timestamptz NOT NULL, completed_at timestamptz, lsn bigint,
              PRIMARY KEY (connector, collection, completed_at))""";

    /**
     * The table becomes one that the snapshot has completed; the sweep does the rest. Not before the sink has the table: what older
     * events may still bring has to go too. Where two lsns fit, a clock has gone back, and nothing is done. Names with more than
     * one dot do not tell where the schema ends.
     */
    private static final String DECIDE = "WITH known AS (SELECT e.connector, e.collection, e.completed_at,"
            + " n.nspname, c.relname, o.topic, min(s.lsn) AS lsn, min(s.taken_at) AS taken_at FROM " + TABLE
            + " e JOIN " + SNAPSHOTS
            + " s ON s.taken_at >= e.started_at AND s.taken_at < e.completed_at + interval '1 millisecond'"
            + " AND s.topic LIKE replace(e.connector, '_', '\\_') || '.%'"
            + " JOIN pg_namespace n ON n.nspname = split_part(e.collection, '.', 1)"
            + " JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = split_part(e.collection, '.', 2)"
            + " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = '" + SinkBookkeeping.AFTER + "'"
            + " JOIN (SELECT DISTINCT topic FROM " + SinkBookkeeping.OFFSETS.quoted()
            + ") o ON o.topic = e.connector || '.' || regexp_replace(e.collection, '[^a-zA-Z0-9._-]', '_', 'g')"
            + " WHERE e.lsn IS NULL AND e.collection NOT LIKE '%.%.%'"
            + " GROUP BY e.connector, e.collection, e.completed_at, n.nspname, c.relname, o.topic"
            + " HAVING count(DISTINCT s.lsn) = 1), decided AS (UPDATE " + TABLE
            + " e SET lsn = k.lsn FROM known k WHERE e.connector = k.connector AND e.collection = k.collection"
            + " AND e.completed_at = k.completed_at) INSERT INTO " + SNAPSHOTS
            + " (schema_name, table_name, lsn, table_complete, all_complete, topic, taken_at)"
            + " SELECT nspname, relname, lsn, true, false, topic, taken_at FROM known ON CONFLICT DO NOTHING";

    private final Pool pool;

    EmptyScans(Pool pool) {
        this.pool = pool;
    }

    /**
     * What is recorded already stays as it is.
     *
     * @param connector its topic prefix
     * @param collections schema and name, with a dot between
     */
    public Uni<Void> record(String connector, List<String> collections, Instant started, Instant completed) {
        return pool.withTransaction(connection -> connection
                        .preparedQuery("INSERT INTO " + TABLE + " (connector, collection, started_at, completed_at)"
                                + " SELECT $1, c, $3, $4 FROM unnest($2::text[]) c ON CONFLICT DO NOTHING")
                        .execute(Tuple.of(
                                connector,
                                collections.toArray(String[]::new),
                                started.atOffset(ZoneOffset.UTC),
                                completed.atOffset(ZoneOffset.UTC))))
                .replaceWithVoid();
    }

    /** Finds the lsn of what was recorded, as far as the sink has seen it. */
    public Uni<Void> decide() {
        return pool.withConnection(connection -> connection.query(DECIDE).execute())
                .replaceWithVoid();
    }
}
