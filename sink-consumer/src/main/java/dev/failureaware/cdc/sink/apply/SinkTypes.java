package dev.failureaware.cdc.sink.apply;

import dev.failureaware.cdc.sink.decode.ColumnShape;
import dev.failureaware.cdc.sink.decode.SourceType;
import dev.failureaware.cdc.sink.decode.TableShape;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Which of the source's types the sink knows under the same name: enums, domains, extensions' types. An event tells neither
 * the schema nor the case of a type's name, so a name that fits several types is none; its column then holds the text.
 */
final class SinkTypes {
    private static final String FIND = """
            SELECT lower(t.typname), min(format_type(t.oid, -1)) FILTER (WHERE pg_type_is_visible(t.oid)),
                   min(format_type(t.oid, -1)), count(*) FILTER (WHERE pg_type_is_visible(t.oid)), count(*)
            FROM pg_type t WHERE lower(t.typname) = ANY ($1) GROUP BY 1""";

    /** By name in lower case, the type as the sink writes it. */
    private final Map<String, String> names;

    private SinkTypes(Map<String, String> names) {
        this.names = Map.copyOf(names);
    }

    static Uni<SinkTypes> of(SqlConnection connection, TableShape shape) {
        var unknown = shape.columns().stream()
                .map(ColumnShape::type)
                .filter(type -> !type.builtIn())
                .map(type -> type.name().toLowerCase(Locale.ROOT))
                .distinct()
                .toArray(String[]::new);
        if (unknown.length == 0) {
            return Uni.createFrom().item(new SinkTypes(Map.of()));
        }
        return connection.preparedQuery(FIND).execute(Tuple.of(unknown)).map(rows -> {
            var names = new HashMap<String, String>();
            rows.forEach(row -> {
                if (row.getLong(3) == 1) {
                    names.put(row.getString(0), row.getString(1));
                } else if (row.getLong(3) == 0 && row.getLong(4) == 1) {
                    names.put(row.getString(0), row.getString(2));
                }
            });
            return new SinkTypes(names);
        });
    }

    /** For DDL. */
    String sql(SourceType type) {
        if (type.builtIn()) {
            return type.sql();
        }
        var name = names.get(type.name().toLowerCase(Locale.ROOT));
        return name == null ? type.fallback() : name + type.modifier() + (type.array() ? "[]" : "");
    }
}
