package dev.failureaware.cdc.benchmarks;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;

/** A table of the benchmark: the same eight columns at the source and at every sink. */
record Table(String name) {

    /** A column and the type of an array of its values. */
    record Column(String name, String type, String constraint) {}

    /** {@code seq} is the number of the change that wrote the row, counted from 1 in commit order. */
    static final List<Column> COLUMNS = List.of(
            new Column("id", "uuid", "PRIMARY KEY"),
            new Column("seq", "bigint", "NOT NULL"),
            new Column("customer", "integer", "NOT NULL"),
            new Column("status", "text", "NOT NULL"),
            new Column("amount", "bigint", "NOT NULL"),
            new Column("paid", "boolean", "NOT NULL"),
            new Column("placed_at", "timestamptz", "NOT NULL"),
            new Column("note", "text", ""));

    /** Count and digest of the data columns, computed by the server. */
    record Contents(long rows, String digest) {
        @Override
        public String toString() {
            return "%,d rows with digest %s".formatted(rows, digest);
        }
    }

    String qualified() {
        return "public." + name;
    }

    static String columns() {
        return COLUMNS.stream().map(Column::name).collect(Collectors.joining(", "));
    }

    String ddl() {
        return COLUMNS.stream()
                .map(column -> (column.name() + " " + column.type() + " " + column.constraint()).strip())
                .collect(Collectors.joining(", ", "CREATE TABLE " + qualified() + " (", ")"));
    }

    Contents contents(Connection database) throws SQLException {
        return contents(database, "true");
    }

    Contents contents(Connection database, String condition) throws SQLException {
        try (var statement = database.createStatement();
                var rows = statement.executeQuery(
                        "SELECT count(*), coalesce(sum(hash_record_extended(ROW(%s), 0)), 0)::text FROM %s WHERE %s"
                                .formatted(columns(), qualified(), condition))) {
            rows.next();
            return new Contents(rows.getLong(1), rows.getString(2));
        }
    }
}
