package dev.failureaware.cdc.sink.apply;

import dev.failureaware.cdc.model.SinkBookkeeping;
import dev.failureaware.cdc.model.TableId;
import dev.failureaware.cdc.sink.decode.ColumnShape;
import dev.failureaware.cdc.sink.decode.SinkColumns;
import dev.failureaware.cdc.sink.decode.SourceType;
import dev.failureaware.cdc.sink.decode.TextForm;
import dev.failureaware.cdc.sink.decode.ValueForm;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Asks the sink's catalog, and knows how the connector, with this project's settings, writes values of each type. */
@ApplicationScoped
class SinkColumnForms implements SinkColumns {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final int MILLISECOND_DIGITS = 3;
    private static final String REFUSAL = "without the schema of the event nobody can tell how its values are written";

    private static final String COLUMNS = "SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,"
            + " t.typtype = 'e' FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid WHERE a.attrelid = to_regclass($1)"
            + " AND a.attnum > 0 AND NOT a.attisdropped AND NOT starts_with(a.attname, '"
            + SinkBookkeeping.COLUMN_PREFIX
            + "') ORDER BY a.attnum";

    private final Pool pool;

    SinkColumnForms(Pool pool) {
        this.pool = pool;
    }

    @Override
    public List<ColumnShape> of(TableId table) {
        return pool.withConnection(
                        connection -> connection.preparedQuery(COLUMNS).execute(Tuple.of(table.quoted())))
                .map(rows -> {
                    var columns = new ArrayList<ColumnShape>();
                    rows.forEach(row -> columns.add(
                            column(row.getString(0), row.getString(1), row.getBoolean(2), row.getBoolean(3))));
                    return List.copyOf(columns);
                })
                .onFailure(failure -> FailureKind.of(failure) == FailureKind.TRANSIENT)
                .retry()
                .withBackOff(FIRST_PAUSE, LONGEST_PAUSE)
                .indefinitely()
                .await()
                .indefinitely();
    }

    private static ColumnShape column(String name, String sql, boolean notNull, boolean isEnum) {
        var type = SqlType.parse(sql);
        var form = isEnum ? Optional.of(ValueForm.PLAIN) : form(type);
        return new ColumnShape(
                name,
                new SourceType(
                        type.name(),
                        "",
                        type.array(),
                        "text",
                        form.isPresent() ? Optional.empty() : Optional.of(REFUSAL)),
                !notNull,
                null,
                form.map(TextForm.class::cast).orElse(ValueForm.PLAIN));
    }

    private static Optional<ValueForm> form(SqlType type) {
        if (type.array()) {
            return Optional.empty();
        }
        return switch (type.name()) {
            case "int2",
                    "int4",
                    "int8",
                    "oid",
                    "float4",
                    "float8",
                    "bool",
                    "text",
                    "varchar",
                    "bpchar",
                    "citext",
                    "uuid",
                    "inet",
                    "cidr",
                    "macaddr",
                    "macaddr8",
                    "json",
                    "jsonb",
                    "xml",
                    "interval",
                    "money",
                    "tsvector",
                    "int4range",
                    "int8range",
                    "numrange",
                    "tsrange",
                    "tstzrange",
                    "daterange" -> Optional.of(ValueForm.PLAIN);
            case "numeric" -> Optional.of(ValueForm.DECIMAL_TEXT);
            case "bytea" -> Optional.of(ValueForm.BYTES);
            case "hstore" -> Optional.of(ValueForm.HSTORE);
            case "date" -> Optional.of(ValueForm.DAYS);
            case "time" -> Optional.of(inMillis(type) ? ValueForm.TIME_MILLIS : ValueForm.TIME_MICROS);
            case "timestamp" -> Optional.of(inMillis(type) ? ValueForm.TIMESTAMP_MILLIS : ValueForm.TIMESTAMP_MICROS);
            case "timestamptz" -> Optional.of(ValueForm.TIMESTAMPTZ);
            default -> Optional.empty();
        };
    }

    /** {@code time.precision.mode=adaptive}: milliseconds where they hold every value of the column. */
    private static boolean inMillis(SqlType type) {
        return !type.modifiers().isEmpty() && type.modifiers().get(0) <= MILLISECOND_DIGITS;
    }
}
