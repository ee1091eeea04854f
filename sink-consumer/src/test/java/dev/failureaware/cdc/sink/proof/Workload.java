package dev.failureaware.cdc.sink.proof;

import dev.failureaware.cdc.test.TestDatabase;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.postgresql.PGConnection;

/**
 * Random writes at the source, by several connections whose transactions interleave. All choices come from the seed; only whose
 * lock is met by whom depends on time, and a statement that meets one is taken back and counts as none.
 */
final class Workload implements AutoCloseable {
    static final String HISTORY = "public.history";
    private static final List<String> KEYED =
            List.of("public.one", "public.two", "public.big", "public.hot", "\"Odd Schema\".\"Odd \"\"Table\"");
    private static final String TABLES = """
            CREATE TABLE one (id bigint PRIMARY KEY, v text, n int NOT NULL DEFAULT 7, at timestamptz);
            CREATE TABLE two (a int, b text, v varchar(40), amount numeric(12,3), PRIMARY KEY (b, a));
            CREATE TABLE big (id int PRIMARY KEY, body text NOT NULL, extra bytea, small int);
            ALTER TABLE big ALTER body SET STORAGE EXTERNAL;
            CREATE TABLE hot (id int PRIMARY KEY, n bigint);
            INSERT INTO hot VALUES (1, 0), (2, 0);
            CREATE SCHEMA "Odd Schema";
            CREATE TABLE "Odd Schema"."Odd ""Table" ("Key 1" uuid PRIMARY KEY, "select" text, "Größe" double precision);
            CREATE TABLE history (at bigint, v text, who int);
            """;

    private static final Set<String> MET_ANOTHER = Set.of("55P03", "23505", "40P01");
    private static final int CONNECTIONS = 4;
    /** Few keys, so that rows are deleted, written again and moved onto each other. */
    private static final int KEYS = 60;

    private final Random random;
    private final boolean withHistory;
    private final boolean withSchemas;
    private final SourceAndSink databases;
    private final List<Connection> connections = new ArrayList<>();
    private int columnsAdded;
    private long historyRows;

    /** @param withSchemas whether events tell what the sink's tables must be; else they are made there as at the source */
    Workload(Random random, boolean withHistory, boolean withSchemas, SourceAndSink databases) throws SQLException {
        this.random = random;
        this.withHistory = withHistory;
        this.withSchemas = withSchemas;
        this.databases = databases;
        databases.create(TABLES, tables());
        if (!withSchemas) {
            databases.sink.execute(TABLES + "TRUNCATE hot");
        }
        for (var i = 0; i < CONNECTIONS; i++) {
            connections.add(open(databases.source));
        }
    }

    private static Connection open(TestDatabase source) throws SQLException {
        var connection = source.connect();
        try (var statement = connection.createStatement()) {
            statement.execute("SET lock_timeout = '5ms'");
        }
        connection.setAutoCommit(false);
        return connection;
    }

    /** As SQL names them. */
    List<String> tables() {
        var tables = new ArrayList<>(KEYED);
        if (withHistory) {
            tables.add(HISTORY);
        }
        return tables;
    }

    /** As the connector's {@code table.include.list} wants them. */
    String captured() {
        return "public\\.(one|two|big|hot" + (withHistory ? "|history" : "") + "),Odd Schema\\..*";
    }

    /** One operation on one of the connections; now and then the end of its transaction. */
    void step() throws SQLException {
        var connection = connections.get(random.nextInt(CONNECTIONS));
        var dice = random.nextInt(100);
        if (dice < 22) {
            connection.commit();
        } else if (dice < 25) {
            connection.rollback();
        } else if (dice < 29) {
            undoneInPart(connection);
        } else {
            guarded(connection, this::write);
        }
    }

    private interface Write {
        void on(Connection connection) throws SQLException;
    }

    /** Takes the statement back when it met a lock or another row of the same key; the transaction goes on. */
    private void guarded(Connection connection, Write write) throws SQLException {
        var before = connection.setSavepoint();
        try {
            write.on(connection);
            connection.releaseSavepoint(before);
        } catch (SQLException e) {
            if (!MET_ANOTHER.contains(e.getSQLState())) {
                throw e;
            }
            connection.rollback(before);
        }
    }

    private void undoneInPart(Connection connection) throws SQLException {
        guarded(connection, this::write);
        var kept = connection.setSavepoint();
        guarded(connection, this::write);
        guarded(connection, this::write);
        connection.rollback(kept);
    }

    private void write(Connection connection) throws SQLException {
        switch (random.nextInt(withHistory ? 17 : 14)) {
            case 0, 1 ->
                run(
                        connection,
                        "INSERT INTO one (id, v, n, at) VALUES (?, ?, ?, now()) ON CONFLICT (id) DO UPDATE SET v = excluded.v,"
                                + " n = one.n + 1",
                        (long) key(),
                        text(),
                        random.nextInt());
            case 2 -> run(connection, "UPDATE one SET v = ?, at = NULL WHERE id = ?", text(), (long) key());
            case 3 -> run(connection, "DELETE FROM one WHERE id = ?", (long) key());
            case 4 -> run(connection, "UPDATE one SET id = ? WHERE id = ?", (long) key(), (long) key());
            case 5 ->
                run(
                        connection,
                        "INSERT INTO two VALUES (?, ?, ?, ?::numeric / 1000) ON CONFLICT (b, a) DO UPDATE SET v = excluded.v",
                        key() % 8,
                        "k" + key() % 5,
                        text(),
                        random.nextInt());
            case 6 ->
                run(connection, "UPDATE two SET a = ? WHERE b = ? AND a = ?", key() % 8, "k" + key() % 5, key() % 8);
            case 7 -> run(connection, "DELETE FROM two WHERE b = ?", "k" + key() % 5);
            case 8 -> run(connection, "UPDATE hot SET n = n + 1 WHERE id = ?", 1 + random.nextInt(2));
            case 9 -> big(connection);
            case 10 -> odd(connection);
            case 11 -> many(connection);
            case 12, 13 -> hot(connection);
            default -> history(connection);
        }
    }

    /** Inserts, deletes and writes the same row again within one transaction. */
    private void hot(Connection connection) throws SQLException {
        var id = 1 + random.nextInt(3);
        run(connection, "DELETE FROM hot WHERE id = ?", id);
        run(connection, "INSERT INTO hot VALUES (?, ?)", id, random.nextLong());
        run(connection, "UPDATE hot SET n = n / 2 WHERE id = ?", id);
    }

    private void big(Connection connection) throws SQLException {
        var id = key() % 20;
        switch (random.nextInt(6)) {
            case 0 ->
                run(
                        connection,
                        "INSERT INTO big VALUES (?, repeat(md5(?), ?), ?, 0) ON CONFLICT (id) DO UPDATE SET small = big.small + 1",
                        id,
                        Integer.toString(random.nextInt()),
                        80 + random.nextInt(100),
                        new byte[] {0, (byte) random.nextInt()});
            case 1 -> run(connection, "UPDATE big SET body = repeat(md5(?), 90) WHERE id = ?", text() + "!", id);
            case 2 -> run(connection, "DELETE FROM big WHERE id = ?", id);
            case 3, 4 -> run(connection, "UPDATE big SET id = ? WHERE id = ?", key() % 20, id);
            default -> run(connection, "UPDATE big SET small = ? WHERE id = ?", random.nextInt(), id);
        }
    }

    private void odd(Connection connection) throws SQLException {
        var table = KEYED.get(4);
        var id = new UUID(0, key() % 20);
        if (random.nextInt(3) == 0) {
            run(connection, "DELETE FROM " + table + " WHERE \"Key 1\" = ?", id);
        } else {
            run(
                    connection,
                    "INSERT INTO " + table
                            + " VALUES (?, ?, ?) ON CONFLICT (\"Key 1\") DO UPDATE SET \"select\" = excluded.\"select\"",
                    id,
                    text(),
                    random.nextDouble());
        }
    }

    /** Many rows by one statement; COPY gives many rows one position. */
    private void many(Connection connection) throws SQLException {
        var first = 1000 + 100 * random.nextInt(8);
        switch (random.nextInt(4)) {
            case 0 ->
                run(
                        connection,
                        "INSERT INTO one (id, v) SELECT g, 'many' FROM generate_series(?, ?) g ON CONFLICT DO NOTHING",
                        (long) first,
                        (long) first + 99);
            case 1 ->
                run(
                        connection,
                        "UPDATE one SET n = n / 2 + 1 WHERE id BETWEEN ? AND ?",
                        (long) first,
                        (long) first + random.nextInt(100));
            case 2 ->
                run(
                        connection,
                        "DELETE FROM one WHERE id BETWEEN ? AND ?",
                        (long) first,
                        (long) first + random.nextInt(100));
            default -> copy(connection, 5000 + 200 * random.nextInt(10));
        }
    }

    private void copy(Connection connection, int first) throws SQLException {
        run(connection, "DELETE FROM one WHERE id BETWEEN ? AND ?", (long) first, (long) first + 149);
        var lines = new StringBuilder();
        for (var i = 0; i < 150; i++) {
            lines.append(first + i).append("\tcopied ").append(random.nextInt()).append('\n');
        }
        try {
            connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn("COPY one (id, v) FROM STDIN", new StringReader(lines.toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void history(Connection connection) throws SQLException {
        for (var i = random.nextInt(4); i >= 0; i--) {
            // Twins are meant: a table without key may hold them.
            run(connection, "INSERT INTO history VALUES (?, ?, ?)", historyRows++ / 2, text(), random.nextInt(2));
        }
    }

    private int key() {
        return random.nextInt(KEYS);
    }

    private String text() {
        return switch (random.nextInt(7)) {
            case 0 -> null;
            case 1 -> "";
            case 2 -> "NULL";
            case 3 -> "\\N {\"a\", '\t";
            case 4 -> "Grüße 👋 \u0001";
            default -> "text " + random.nextInt(1000);
        };
    }

    private static void run(Connection connection, String sql, Object... values) throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            for (var i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            statement.execute();
        }
    }

    /** A new column, of one of several kinds, while other transactions write; not done when one of them holds the table. */
    void addColumn() throws SQLException {
        var table = KEYED.get(random.nextInt(KEYED.size()));
        var kind = List.of(
                        "text",
                        "int NOT NULL DEFAULT 5",
                        "varchar(20) DEFAULT 'it''s'",
                        // Arrays need a schema.
                        withSchemas ? "numeric(8,2)[]" : "numeric(8,2)",
                        "boolean DEFAULT true")
                .get(random.nextInt(5));
        var connection = connections.get(random.nextInt(CONNECTIONS));
        connection.commit();
        var name = "\"Added " + ++columnsAdded + "\"";
        var statement = "ALTER TABLE " + table + " ADD COLUMN " + name + " " + kind;
        if (!withSchemas) {
            databases.sink.execute(statement);
        }
        guarded(connection, c -> run(c, statement));
        connection.commit();
    }

    /** Between writes of the same transaction, which stays open, while the others have just begun anew. */
    void truncate() throws SQLException {
        end();
        var connection = connections.get(random.nextInt(CONNECTIONS));
        guarded(connection, this::write);
        guarded(connection, c -> run(c, "TRUNCATE " + KEYED.get(random.nextInt(KEYED.size()))));
        guarded(connection, this::write);
    }

    /** Ends all transactions. */
    void end() throws SQLException {
        for (var connection : connections) {
            connection.commit();
        }
    }

    /** Rows for all partitions of all tables: when they are there, so is all that was sent before them. */
    void writeTheLast() {
        var rows = " FROM generate_series(900000, 900020) g";
        databases.source.execute("INSERT INTO one (id, v) SELECT g, 'last'" + rows
                + "; INSERT INTO two SELECT g, 'last'" + rows
                + "; INSERT INTO big (id, body) SELECT g, 'last'" + rows + "; INSERT INTO hot SELECT g, 0" + rows
                + "; INSERT INTO \"Odd Schema\".\"Odd \"\"Table\" SELECT gen_random_uuid(), 'last'" + rows
                + (withHistory ? "; INSERT INTO history SELECT g, 'last'" + rows : ""));
    }

    @Override
    public void close() throws SQLException {
        for (var connection : connections) {
            connection.close();
        }
    }
}
