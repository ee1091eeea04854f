package dev.failureaware.cdc.sink.apply;

import static dev.failureaware.cdc.model.Identifiers.quote;

import dev.failureaware.cdc.model.SinkBookkeeping;
import dev.failureaware.cdc.model.TableId;
import dev.failureaware.cdc.sink.decode.ColumnShape;
import dev.failureaware.cdc.sink.decode.TableShape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The statements that make a sink table able to hold the events: create it, or add the columns it lacks. */
final class SchemaChanges {
    private SchemaChanges() {}

    private static final Map<String, String> CDC_COLUMNS = cdcColumns();

    private static Map<String, String> cdcColumns() {
        var columns = new LinkedHashMap<String, String>();
        columns.put(SinkBookkeeping.OP, "char(1)");
        columns.put(SinkBookkeeping.LSN, "bigint");
        columns.put(SinkBookkeeping.AFTER, "bigint");
        columns.put(SinkBookkeeping.SOURCE_TS, "timestamptz");
        columns.put(SinkBookkeeping.RECEIVED, "timestamptz");
        return columns;
    }

    /** Whether the table has all that is needed, so that nothing must be asked and nothing done. */
    static boolean follows(SinkTable table, List<TableShape> shapes) {
        return CDC_COLUMNS.keySet().stream().allMatch(table::has)
                && shapes.stream()
                        .allMatch(shape -> shape.columns().stream().allMatch(column -> table.has(column.name())));
    }

    /**
     * @param table as the sink has it; without columns where it does not exist
     * @param shapes versions that occur in one batch, oldest first; a column that only an older one has is still needed
     */
    static List<String> toFollow(SinkTable table, List<TableShape> shapes, SinkTypes types) {
        for (var shape : shapes) {
            refuseReservedNames(shape);
        }
        var newest = shapes.get(shapes.size() - 1);
        var statements = new ArrayList<String>();
        var present = new HashSet<>(table.castTypes().keySet());
        if (present.isEmpty()) {
            if (!newest.table().schema().equals(TableId.DEFAULT_SCHEMA)) {
                statements.add(
                        "CREATE SCHEMA IF NOT EXISTS " + quote(newest.table().schema()));
            }
            statements.add(create(newest, types));
            newest.columns().forEach(column -> present.add(column.name()));
            present.addAll(CDC_COLUMNS.keySet());
        }
        for (var shape : shapes) {
            for (var column : shape.columns()) {
                if (present.add(column.name())) {
                    statements.add("ALTER TABLE " + shape.table().quoted() + " ADD COLUMN " + added(column, types));
                }
            }
        }
        CDC_COLUMNS.forEach((name, type) -> {
            if (present.add(name)) {
                statements.add("ALTER TABLE " + newest.table().quoted() + " ADD COLUMN " + quote(name) + " " + type);
            }
        });
        return statements;
    }

    /** No foreign keys and no unique constraints but the key: events of several partitions come in any order. */
    private static String create(TableShape shape, SinkTypes types) {
        var parts = new ArrayList<String>();
        shape.columns()
                .forEach(column -> parts.add(quote(column.name()) + " " + types.sql(column.type())
                        + (column.nullable() ? "" : " NOT NULL")));
        CDC_COLUMNS.forEach((name, type) -> parts.add(quote(name) + " " + type));
        if (shape.hasKey()) {
            parts.add(shape.keyColumns().stream()
                    .map(column -> quote(column))
                    .collect(Collectors.joining(", ", "PRIMARY KEY (", ")")));
        }
        return "CREATE TABLE " + shape.table().quoted() + " (" + String.join(", ", parts) + ")";
    }

    /**
     * With the source's default, because that is what the source's old rows got, without an event. Without a default they
     * are null there too, whatever the column allows now.
     */
    private static String added(ColumnShape column, SinkTypes types) {
        var sql = quote(column.name()) + " " + types.sql(column.type());
        if (column.defaultText() == null) {
            return sql;
        }
        var literal = "'" + column.defaultText().replace("'", "''") + "'";
        // E'' is not needed: standard_conforming_strings is on, so a backslash is a backslash.
        return sql + " DEFAULT " + literal + (column.nullable() ? "" : " NOT NULL");
    }

    private static void refuseReservedNames(TableShape shape) {
        for (var column : shape.columns()) {
            if (column.name().startsWith(SinkBookkeeping.COLUMN_PREFIX)) {
                throw new IllegalStateException("column " + quote(column.name()) + " of " + shape.table()
                        + " begins with " + SinkBookkeeping.COLUMN_PREFIX
                        + ", which the sink keeps for itself; rename it"
                        + " at the source or leave it out with column.exclude.list");
            }
        }
    }
}
