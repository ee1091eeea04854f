package dev.failureaware.cdc.system;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** All rows of a table, read with SQL that owes nothing to the verifier. */
final class TableContents {
    static final List<String> TABLES = List.of("customers", "orders", "order_items");

    private TableContents() {}

    /** By key, each row as text of all the columns that the source has. */
    static Map<String, String> read(Connection connection, String table, List<String> columns) throws SQLException {
        var rows = new TreeMap<String, String>();
        var select = "SELECT id::text, ROW(\"" + String.join("\"::text, \"", columns) + "\"::text)::text FROM " + table;
        try (var statement = connection.createStatement()) {
            statement.execute("SET TimeZone = 'UTC'");
            try (var result = statement.executeQuery(select)) {
                while (result.next()) {
                    rows.put(result.getString(1), result.getString(2));
                }
            }
        }
        return rows;
    }

    static List<String> columns(Connection connection, String table) throws SQLException {
        return strings(
                connection,
                "SELECT attname FROM pg_attribute WHERE attrelid = '" + table
                        + "'::regclass AND attnum > 0 AND NOT attisdropped AND attname NOT LIKE '\\_cdc\\_%' ORDER BY attname");
    }

    static List<String> strings(Connection connection, String sql) throws SQLException {
        var values = new ArrayList<String>();
        try (var statement = connection.createStatement();
                var result = statement.executeQuery(sql)) {
            while (result.next()) {
                values.add(result.getString(1));
            }
        }
        return values;
    }
}
