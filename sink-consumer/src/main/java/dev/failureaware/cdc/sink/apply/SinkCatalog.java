package dev.failureaware.cdc.sink.apply;

import dev.failureaware.cdc.model.TableId;
import dev.failureaware.cdc.sink.decode.TableShape;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/** What the sink's tables look like; makes them follow the events' schema. */
@ApplicationScoped
class SinkCatalog {
    private static final Logger LOG = Logger.getLogger(SinkCatalog.class);

    /** format_type with modifier -1 gives names that may be cast to without cutting: bpchar, not character. */
    private static final String COLUMNS = """
            SELECT a.attname, format_type(a.atttypid, -1)
            FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
            """;

    private final Map<TableId, SinkTable> known = new ConcurrentHashMap<>();

    /**
     * The table, created or extended where the shapes ask for it. Runs inside the batch's transaction: if that fails,
     * nothing of it stays, and {@link #forget()} must be called.
     */
    Uni<SinkTable> follow(SqlConnection connection, TableId table, List<TableShape> shapes) {
        var sink = known.get(table);
        var start = sink != null ? Uni.createFrom().item(sink) : load(connection, table);
        return start.chain(found -> {
            if (SchemaChanges.follows(found, shapes)) {
                known.put(table, found);
                return Uni.createFrom().item(found);
            }
            return SinkTypes.of(connection, shapes).chain(types -> change(connection, table, found, shapes, types));
        });
    }

    private Uni<SinkTable> change(
            SqlConnection connection, TableId table, SinkTable found, List<TableShape> shapes, SinkTypes types) {
        var changes = SchemaChanges.toFollow(found, shapes, types);
        var done = Uni.createFrom().voidItem();
        for (var sql : changes) {
            LOG.infof("%s: %s", table, sql);
            done = done.chain(() -> connection.query(sql).execute()).replaceWithVoid();
        }
        return done.chain(() -> load(connection, table)).invoke(loaded -> known.put(table, loaded));
    }

    /** Drops what is known: after a rolled back transaction, or when somebody else may have changed the tables. */
    void forget() {
        known.clear();
    }

    /** An empty table where there is none. */
    private static Uni<SinkTable> load(SqlConnection connection, TableId table) {
        return connection
                .preparedQuery(COLUMNS)
                .execute(Tuple.of(table.schema(), table.name()))
                .map(rows -> {
                    var types = new HashMap<String, String>();
                    rows.forEach(row -> types.put(row.getString(0), row.getString(1)));
                    return new SinkTable(types);
                });
    }
}
