package dev.failureaware.cdc.stack;

import dev.failureaware.cdc.injector.client.Table;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;

/** A small SQL shell: statements end with a semicolon, results are tables, errors carry their SQLSTATE. */
final class SqlShell {
    /** A cell longer than this is cut: the shell is for looking. */
    private static final int WIDEST_CELL = 120;
    /** More rows than this are counted, not shown. */
    private static final int MOST_ROWS = 1000;

    private static final String TABLES = """
            SELECT schemaname AS schema, tablename AS table, tableowner AS owner
            FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2""";
    private static final String COLUMNS = """
            SELECT attname AS column, format_type(atttypid, atttypmod) AS type,
                   CASE WHEN attnotnull THEN 'not null' ELSE '' END AS null,
                   coalesce(pg_get_expr(adbin, adrelid), '') AS default,
                   CASE WHEN attnum = ANY (indkey) THEN 'key' ELSE '' END AS key
            FROM pg_attribute
            LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
            LEFT JOIN pg_index ON indrelid = attrelid AND indisprimary
            WHERE attrelid = '%s'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum""";

    private final Connection connection;
    private final PrintStream out;
    private final String prompt;
    private boolean failed;

    /** @param prompt shown before each line; empty when no person types */
    SqlShell(Connection connection, PrintStream out, String prompt) {
        this.connection = connection;
        this.out = out;
        this.prompt = prompt;
    }

    /** Reads to the end of the input or {@code \q}. Returns whether every statement succeeded. */
    boolean run(BufferedReader in) throws IOException {
        var splitter = new StatementSplitter();
        out.print(prompt);
        for (var line = in.readLine(); line != null; line = in.readLine()) {
            if (splitter.isEmpty() && line.strip().startsWith("\\")) {
                if (line.strip().equals("\\q")) {
                    return !failed;
                }
                meta(line.strip());
            } else {
                splitter.add(line + "\n").forEach(this::execute);
            }
            out.print(splitter.isEmpty() ? prompt : prompt.isEmpty() ? "" : "   ");
            out.flush();
        }
        var rest = splitter.rest();
        if (!rest.isEmpty()) {
            execute(rest);
        }
        return !failed;
    }

    private void meta(String line) {
        var words = line.split("\\s+", 2);
        if (words[0].equals("\\dt")) {
            execute(TABLES);
        } else if (words[0].equals("\\d") && words.length == 2) {
            execute(COLUMNS.formatted(words[1].replace("'", "''")));
        } else {
            out.println("\\dt lists tables, \\d NAME a table's columns, \\q leaves; statements end with ;");
        }
    }

    void execute(String sql) {
        try (var statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            print(statement, statement.execute(sql));
        } catch (SQLException e) {
            failed = true;
            out.println("error " + e.getSQLState() + ": " + e.getMessage());
        }
    }

    boolean failed() {
        return failed;
    }

    private void print(Statement statement, boolean firstIsRows) throws SQLException {
        var isRows = firstIsRows;
        while (true) {
            if (isRows) {
                print(statement.getResultSet());
            } else if (statement.getUpdateCount() < 0) {
                return;
            } else {
                out.println("ok, " + statement.getUpdateCount() + " rows");
            }
            isRows = statement.getMoreResults();
        }
    }

    private void print(ResultSet rows) throws SQLException {
        var columns = rows.getMetaData();
        var names = new ArrayList<String>();
        for (var column = 1; column <= columns.getColumnCount(); column++) {
            names.add(columns.getColumnLabel(column));
        }
        var table = new Table(names);
        var count = 0;
        while (rows.next()) {
            if (count++ < MOST_ROWS) {
                var cells = new ArrayList<String>();
                for (var column = 1; column <= names.size(); column++) {
                    cells.add(cell(rows.getString(column)));
                }
                table.row(cells);
            }
        }
        out.print(table.text());
        out.println("(" + count + (count == 1 ? " row" : " rows")
                + (count > MOST_ROWS ? ", " + MOST_ROWS + " shown)" : ")"));
    }

    private static String cell(String value) {
        if (value == null) {
            return "∅";
        }
        var line = value.replace("\n", "\\n");
        return line.length() > WIDEST_CELL ? line.substring(0, WIDEST_CELL) + "…" : line;
    }
}
