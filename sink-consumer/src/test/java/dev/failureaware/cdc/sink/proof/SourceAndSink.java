package dev.failureaware.cdc.sink.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.failureaware.cdc.test.TestDatabase;
import dev.failureaware.cdc.test.TestPostgres;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Two databases on one server, compared by SQL that owes nothing to the verifier: all rows of a table as text, as multisets, by
 * EXCEPT ALL both ways.
 */
final class SourceAndSink implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    final TestDatabase source = TestPostgres.freshDatabase().withSourceSchema();
    final TestDatabase sink = TestPostgres.freshDatabase();

    SourceAndSink() {
        sink.execute("CREATE SCHEMA compare; CREATE EXTENSION dblink SCHEMA compare");
    }

    /** Runs DDL and makes all tables that it leaves part of the publication, and readable for the connector. */
    void create(String ddl, List<String> tables) {
        source.execute(ddl);
        capture(tables);
    }

    void capture(List<String> tables) {
        for (var table : tables) {
            var schema = table.substring(0, table.indexOf('.'));
            source.execute("ALTER PUBLICATION cdc_publication ADD TABLE ONLY " + table + "; GRANT USAGE ON SCHEMA "
                    + schema + " TO cdc_replicator; GRANT SELECT ON " + table + " TO cdc_replicator");
        }
    }

    /**
     * Waits until each of the tables, named as SQL names them, holds at the sink what it holds at the source.
     *
     * @param meanwhile asserts what must hold while that takes its time; a failure ends the waiting
     */
    void awaitEqual(List<String> tables, Runnable meanwhile) {
        for (var table : tables) {
            await().atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(250))
                    .failFast("not what must hold", meanwhile::run)
                    .untilAsserted(
                            () -> assertThat(differences(table)).as(table).isEmpty());
        }
        // What was equal must not have been left by what the sink did later.
        for (var table : tables) {
            assertThat(differences(table)).as(table).isEmpty();
        }
    }

    /** Up to ten rows that one side has more often than the other. */
    List<Map<String, Object>> differences(String table) {
        var columns = columns(source, table);
        if (sink.value("SELECT to_regclass('" + literal(table) + "')") == null) {
            return source.count(table) == 0 ? List.of() : List.of(Map.of("missing at the sink", table));
        }
        var missing = columns.stream()
                .filter(column -> !columns(sink, table).contains(column))
                .toList();
        if (!missing.isEmpty()) {
            return List.of(Map.of("columns missing at the sink", missing));
        }
        var rows = "SELECT ROW("
                + columns.stream().map(column -> column + "::text").collect(Collectors.joining(", ")) + ")::text FROM ";
        var select = rows + table;
        // Rows of tables that inherit from it are theirs; those of its partitions are its own.
        var isPartitioned = source.value(
                        "SELECT relkind = 'p' FROM pg_class WHERE oid = '" + literal(table) + "'::regclass")
                .equals(true);
        var selectAtSource = isPartitioned ? select : rows + "ONLY " + table;
        var theirs = "SELECT row FROM compare.dblink('host=127.0.0.1 port=" + source.port() + " dbname=" + source.name()
                + " user=" + source.user() + " password=any', '" + literal(selectAtSource) + "') AS s(row text)";
        return sink.query("(SELECT 'only at the source' AS side, * FROM (" + theirs + " EXCEPT ALL " + select
                + ") AS a LIMIT 5) UNION ALL (SELECT 'only at the sink', * FROM (" + select + " EXCEPT ALL " + theirs
                + ") AS b LIMIT 5)");
    }

    private static List<String> columns(TestDatabase database, String table) {
        return database
                .query(
                        "SELECT quote_ident(attname) AS name FROM pg_attribute WHERE attrelid = '" + literal(table)
                                + "'::regclass AND attnum > 0 AND NOT attisdropped AND attname NOT LIKE '\\_cdc\\_%' ORDER BY 1")
                .stream()
                .map(row -> (String) row.get("name"))
                .toList();
    }

    private static String literal(String text) {
        return text.replace("'", "''");
    }

    /** Events that the sink knew to have been sent before, since the beginning. */
    long absorbed() {
        return ((Number) sink.value("SELECT coalesce(sum(duplicates), 0) FROM _cdc.offsets")).longValue();
    }

    long parked() {
        return sink.count("_cdc.parked");
    }

    @Override
    public void close() {
        for (var database : List.of(source, sink)) {
            new TestDatabase(database.host(), database.port(), "postgres", database.user(), database.password())
                    .execute("DROP DATABASE " + database.name() + " WITH (FORCE)");
        }
    }
}
