package dev.failureaware.cdc.sink.apply;

import dev.failureaware.cdc.model.SinkBookkeeping;
import dev.failureaware.cdc.model.TableId;
import dev.failureaware.cdc.sink.apply.SinkTable.Former;
import dev.failureaware.cdc.sink.decode.TableShape;
import dev.failureaware.cdc.sink.plan.Plan.ShapeUse;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/**
 * What the sink's tables look like; makes them follow the events' schema. Each lane has its own, because what it knows may be
 * the work of its own transaction, which can still be rolled back.
 */
final class SinkCatalog {
    private static final Logger LOG = Logger.getLogger(SinkCatalog.class);

    /** format_type with modifier -1 gives names that may be cast to without cutting: bpchar, not character. */
    private static final String COLUMNS = """
            SELECT a.attname, format_type(a.atttypid, a.atttypmod), format_type(a.atttypid, -1), a.attnotnull,
                   coalesce(a.attnum = ANY (i.indkey::int2[]), false)
            FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
            WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
            ORDER BY a.attnum""";

    private static final String PAST = "SELECT NULL, NULL, schema_lsn FROM " + SinkBookkeeping.TABLES.quoted()
            + " WHERE schema_name = $1 AND table_name = $2 UNION ALL SELECT column_name, new_name, NULL FROM "
            + SinkBookkeeping.FORMER_COLUMNS.quoted() + " WHERE schema_name = $1 AND table_name = $2";

    /** More steps than any change can need. */
    private static final int MOST_STEPS = 20;

    private final SchemaPolicy policy;
    private final Map<TableId, Known> known = new ConcurrentHashMap<>();

    SinkCatalog(SchemaPolicy policy) {
        this.policy = policy;
    }

    /** @param current shapes that the table was found to follow; known by identity, as a version's events share its shape */
    private record Known(SinkTable table, Set<TableShape> current) {
        static Known of(SinkTable table) {
            return new Known(table, Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>())));
        }
    }

    /**
     * The table, created or changed where the shape asks for it. Runs inside the batch's transaction: if that fails,
     * nothing of it stays, and {@link #forget()} must be called.
     */
    Uni<SinkTable> follow(SqlConnection connection, ShapeUse use) {
        var table = use.shape().table();
        var found = known.get(table);
        if (found != null && found.current.contains(use.shape())) {
            return Uni.createFrom().item(found.table);
        }
        return SinkTypes.of(connection, use.shape())
                .chain(types -> load(connection, table)
                        .chain(loaded -> follow(connection, Known.of(loaded), use, types, MOST_STEPS)))
                .invoke(state -> known.put(table, state))
                .map(Known::table);
    }

    private Uni<Known> follow(SqlConnection connection, Known state, ShapeUse use, SinkTypes types, int stepsLeft) {
        var step = SchemaChanges.next(state.table, use, types, policy);
        if (step.isEmpty()) {
            // An older shape is looked at each time: the same shape may come back as the newest.
            if (use.lastLsn() < state.table.schemaLsn()) {
                return Uni.createFrom().item(state);
            }
            state.current.add(use.shape());
            if (use.firstLsn() <= state.table.schemaLsn()) {
                return Uni.createFrom().item(state);
            }
            return connection
                    .query(SchemaChanges.follows(use))
                    .execute()
                    .replaceWith(new Known(state.table.following(use.firstLsn()), state.current));
        }
        if (stepsLeft == 0) {
            throw new IllegalStateException(
                    "no end of changes for " + use.shape().table() + ": " + step);
        }
        var done = Truncates.lock(connection, use.shape().table());
        for (var sql : step) {
            LOG.infof("%s: %s", use.shape().table(), sql);
            done = done.chain(() -> connection.query(sql).execute()).replaceWithVoid();
        }
        return done.chain(() -> load(connection, use.shape().table()))
                .chain(table -> follow(connection, Known.of(table), use, types, stepsLeft - 1));
    }

    /** Whether the table could take the shape now, or at least try; nothing is changed. */
    Uni<Boolean> canFollow(SqlConnection connection, ShapeUse use) {
        var shape = use.shape();
        return SinkTypes.of(connection, shape)
                .chain(types -> load(connection, shape.table()).map(table -> {
                    try {
                        SchemaChanges.next(table, use, types, policy);
                        return true;
                    } catch (TableStoppedException e) {
                        return false;
                    }
                }));
    }

    /** Drops what is known: after a rolled back transaction, or when somebody else may have changed the tables. */
    void forget() {
        known.clear();
    }

    /** An empty table where there is none. */
    static Uni<SinkTable> load(SqlConnection connection, TableId table) {
        var id = Tuple.of(table.schema(), table.name());
        return connection
                .preparedQuery(COLUMNS)
                .execute(id)
                .chain(rows -> connection.preparedQuery(PAST).execute(id).map(past -> {
                    var columns = new LinkedHashMap<String, SinkColumn>();
                    var key = new ArrayList<String>();
                    rows.forEach(row -> {
                        columns.put(
                                row.getString(0),
                                new SinkColumn(row.getString(1), row.getString(2), row.getBoolean(3)));
                        if (row.getBoolean(4)) {
                            key.add(row.getString(0));
                        }
                    });
                    var former = new HashMap<String, Former>();
                    var schemaLsn = 0L;
                    for (var row : past) {
                        if (row.getLong(2) != null) {
                            schemaLsn = row.getLong(2);
                        } else {
                            former.put(row.getString(0), new Former(Optional.ofNullable(row.getString(1))));
                        }
                    }
                    return new SinkTable(columns, key, schemaLsn, former);
                }));
    }
}
