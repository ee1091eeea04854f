package dev.failureaware.cdc.sink.apply;

import static dev.failureaware.cdc.model.Identifiers.quote;

import dev.failureaware.cdc.model.SinkBookkeeping;
import dev.failureaware.cdc.model.TableId;
import dev.failureaware.cdc.sink.decode.ColumnShape;
import dev.failureaware.cdc.sink.plan.Plan.KeyChange;
import dev.failureaware.cdc.sink.plan.Plan.RowDelete;
import dev.failureaware.cdc.sink.plan.Plan.RowUpsert;
import dev.failureaware.cdc.sink.plan.Plan.UpsertGroup;
import io.vertx.mutiny.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Set-based statements: each column travels as one {@code text[]} and is cast in the SELECT, which works for any type and
 * costs nothing measurable against typed arrays. The sink's own columns have known types and travel in binary form.
 */
final class UpsertSql {
    private UpsertSql() {}

    private static final String[] CDC_TYPES = {"text", "bigint", "bigint", "timestamptz"};
    private static final String[] CDC_TYPES_AND_ARRIVAL = {"text", "bigint", "bigint", "timestamptz", "bigint", "bigint"
    };

    /**
     * Writes the group's rows and gives, as one row with one number, how many of them the table held unchanged. That is only
     * counted for snapshot rows, where it means "already known"; otherwise it is 0.
     */
    static String upsert(TableId table, UpsertGroup group, SinkTable sink) {
        var columns = group.columns().stream().map(ColumnShape::name).toList();
        var casts = columns.stream().map(sink::castType).toList();
        var width = columns.size();
        var all = new ArrayList<>(columns);
        group.carried().forEach(column -> all.add(column.name()));
        all.addAll(SinkBookkeeping.COLUMNS);

        var incoming = new ArrayList<String>();
        for (var i = 0; i < width; i++) {
            incoming.add("u.c" + i + "::" + casts.get(i) + " AS " + quote(columns.get(i)));
        }
        for (var column : group.carried()) {
            incoming.add("(m.old_row ->> " + Truncates.literal(column.name()) + ")::" + sink.castType(column.name())
                    + " AS " + quote(column.name()));
        }
        for (var i = 0; i < CDC_TYPES.length; i++) {
            incoming.add("u.c" + (width + i) + " AS " + quote(SinkBookkeeping.COLUMNS.get(i)));
        }
        incoming.add("now() AS " + quote(SinkBookkeeping.RECEIVED));

        var types = group.carried().isEmpty() ? CDC_TYPES : CDC_TYPES_AND_ARRIVAL;
        var parameters = width + types.length;
        return "WITH incoming AS (SELECT " + String.join(", ", incoming)
                + " FROM unnest("
                + list(parameters, i -> "$" + (i + 1) + "::" + (i < width ? "text" : types[i - width]) + "[]")
                + ") AS u(" + list(parameters, i -> "c" + i) + ")" + oldRows(table, group, width)
                + "), written AS ("
                + (group.onlyWhereThereIsOne() ? update(table, group, all) : insert(table, group, all)) + ") "
                + (group.ofSnapshot() && !group.keyColumns().isEmpty()
                        ? unchanged(table, group, columns)
                        : "SELECT 0::bigint");
    }

    /** The rows that gave up other keys for those of the group. */
    private static String oldRows(TableId table, UpsertGroup group, int width) {
        if (group.carried().isEmpty()) {
            return "";
        }
        var lsn = width + CDC_TYPES.length;
        return " JOIN " + SinkBookkeeping.KEY_CHANGES.quoted() + " m ON m.schema_name = "
                + Truncates.literal(table.schema()) + " AND m.table_name = " + Truncates.literal(table.name())
                + " AND m.lsn = u.c" + lsn + " AND m.committed_us = u.c" + (lsn + 1);
    }

    private static String insert(TableId table, UpsertGroup group, List<String> all) {
        return "INSERT INTO " + table.quoted() + " (" + quoted(all) + ") SELECT " + quoted(all)
                + " FROM incoming i WHERE " + isToBeWritten(table) + onConflict(group, all);
    }

    /** An INSERT would be refused where a column that the event left out must not be null, even if the row is there. */
    private static String update(TableId table, UpsertGroup group, List<String> all) {
        var set = all.stream()
                .filter(column -> !group.keyColumns().contains(column))
                .map(column -> quote(column) + " = i." + quote(column))
                .collect(Collectors.joining(", "));
        return "UPDATE " + table.quoted() + " t SET " + set + " FROM incoming i WHERE " + sameKey(group) + " AND "
                + isToBeWritten(table);
    }

    private static String isToBeWritten(TableId table) {
        return Truncates.notBefore(table, "i") + " AND " + SweptSnapshots.notBefore(table, "i");
    }

    private static String sameKey(UpsertGroup group) {
        return group.keyColumns().stream()
                .map(column -> "t." + quote(column) + " = i." + quote(column))
                .collect(Collectors.joining(" AND "));
    }

    private static String onConflict(UpsertGroup group, List<String> all) {
        if (group.keyColumns().isEmpty()) {
            return "";
        }
        return all.stream()
                .filter(column -> !group.keyColumns().contains(column))
                .map(column -> quote(column) + " = excluded." + quote(column))
                .collect(Collectors.joining(
                        ", ", " ON CONFLICT (" + quoted(group.keyColumns()) + ") DO UPDATE SET ", ""));
    }

    /** Compared as text, because some types (json) have no equality. Sees the table as it was before the statement. */
    private static String unchanged(TableId table, UpsertGroup group, List<String> columns) {
        Function<String, String> row = alias -> columns.stream()
                .map(column -> alias + "." + quote(column) + "::text")
                .collect(Collectors.joining(", ", "ROW(", ")"));
        return "SELECT count(*) FROM incoming i JOIN " + table.quoted() + " t ON " + sameKey(group) + " WHERE "
                + row.apply("t") + " IS NOT DISTINCT FROM " + row.apply("i");
    }

    static Tuple upsertValues(UpsertGroup group) {
        var rows = group.rows();
        var tuple = Tuple.tuple();
        for (var column = 0; column < group.columns().size(); column++) {
            var values = new String[rows.size()];
            for (var i = 0; i < values.length; i++) {
                values[i] = rows.get(i).values().get(column);
            }
            tuple.addArrayOfString(values);
        }
        var operations = new String[rows.size()];
        var lsns = new Long[rows.size()];
        var afters = new Long[rows.size()];
        var commits = new OffsetDateTime[rows.size()];
        for (var i = 0; i < operations.length; i++) {
            var row = rows.get(i);
            operations[i] = row.operation().code();
            lsns[i] = row.lsn();
            afters[i] = row.after();
            // A transaction's rows have one time.
            commits[i] = i > 0 && rows.get(i - 1).commitMicros() == row.commitMicros()
                    ? commits[i - 1]
                    : time(row.commitMicros());
        }
        tuple.addArrayOfString(operations)
                .addArrayOfLong(lsns)
                .addArrayOfLong(afters)
                .addArrayOfOffsetDateTime(commits);
        return group.carried().isEmpty()
                ? tuple
                : tuple.addArrayOfLong(changes(rows, KeyChange::lsn))
                        .addArrayOfLong(changes(rows, KeyChange::commitMicros));
    }

    private static Long[] changes(List<RowUpsert> rows, Function<KeyChange, Long> part) {
        return rows.stream().map(row -> part.apply(row.arrival().change())).toArray(Long[]::new);
    }

    /** Exact to the microsecond, which a number of seconds as a float is not. */
    private static OffsetDateTime time(long micros) {
        return OffsetDateTime.ofInstant(
                Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1_000L),
                ZoneOffset.UTC);
    }

    static String delete(TableId table, List<String> keyColumns, SinkTable sink) {
        var match = IntStream.range(0, keyColumns.size())
                .mapToObj(i -> "t." + quote(keyColumns.get(i)) + " = u.c" + i + "::" + sink.castType(keyColumns.get(i)))
                .collect(Collectors.joining(" AND "));
        return "DELETE FROM " + table.quoted() + " t USING unnest("
                + list(keyColumns.size(), i -> "$" + (i + 1) + "::text[]") + ") AS u("
                + list(keyColumns.size(), i -> "c" + i) + ") WHERE " + match;
    }

    static Tuple deleteKeys(List<RowDelete> deletes) {
        var tuple = Tuple.tuple();
        for (var i = 0; i < deletes.get(0).key().size(); i++) {
            var column = i;
            tuple.addArrayOfString(
                    deletes.stream().map(delete -> delete.key().get(column)).toArray(String[]::new));
        }
        return tuple;
    }

    private static String quoted(List<String> columns) {
        return columns.stream().map(column -> quote(column)).collect(Collectors.joining(", "));
    }

    private static String list(int size, IntFunction<String> item) {
        return IntStream.range(0, size).mapToObj(item).collect(Collectors.joining(", "));
    }
}
