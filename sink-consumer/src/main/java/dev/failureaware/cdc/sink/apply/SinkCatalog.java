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

    /**
     * The table and its past, of one moment: columns from before a change beside the position from after it would make the
     * change's own events look older than the table. format_type with modifier -1 gives names that may be cast to without
     * cutting: bpchar, not character.
     */
    private static final String LOAD = """
            SELECT 'column', a.attname, format_type(a.atttypid, a.atttypmod), format_type(a.atttypid, -1), a.attnotnull,
                   coalesce(a.attnum = ANY (i.indkey::int2[]), false), a.attnum::bigint
            FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
            WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
            UNION ALL SELECT 'former', column_name, new_name, NULL, NULL, NULL, NULL FROM\s""" + SinkBookkeeping.FORMER_COLUMNS.quoted()
            + " WHERE schema_name = $1 AND table_name = $2 UNION ALL SELECT 'follows', NULL, NULL, NULL, NULL, NULL, schema_lsn FROM "
            + SinkBookkeeping.TABLES.quoted() + " WHERE schema_name = $1 AND table_name = $2 ORDER BY 7";

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
                .chain(types -> load(connection, table).chain(loaded -> {
                    if (SchemaChanges.next(loaded, use, types, policy).isEmpty()) {
                        return follow(connection, Known.of(loaded), use, types, MOST_STEPS);
                    }
                    // Another lane may be about to do the same; what is left to do is known when it is done.
                    return Truncates.lock(connection, table)
                            .chain(() -> load(connection, table))
                            .chain(now -> follow(connection, Known.of(now), use, types, MOST_STEPS));
                }))
                .invoke(state -> known.put(table, state))
                .map(Known::table);
    }

    /** Nobody else changes the table meanwhile, if it is to be changed. */
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
        var done = Uni.createFrom().voidItem();
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
        return connection
                .preparedQuery(LOAD)
                .execute(Tuple.of(table.schema(), table.name()))
                .map(rows -> {
                    var columns = new LinkedHashMap<String, SinkColumn>();
                    var key = new ArrayList<String>();
                    var former = new HashMap<String, Former>();
                    var schemaLsn = 0L;
                    for (var row : rows) {
                        switch (row.getString(0)) {
                            case "column" -> {
                                columns.put(
                                        row.getString(1),
                                        new SinkColumn(row.getString(2), row.getString(3), row.getBoolean(4)));
                                if (row.getBoolean(5)) {
                                    key.add(row.getString(1));
                                }
                            }
                            case "former" ->
                                former.put(row.getString(1), new Former(Optional.ofNullable(row.getString(2))));
                            default -> schemaLsn = row.getLong(6);
                        }
                    }
                    return new SinkTable(columns, key, schemaLsn, former);
                });
    }
}
