package dev.failureaware.cdc.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.failureaware.cdc.test.KafkaAndPostgres;
import dev.failureaware.cdc.test.TestConnector;
import dev.failureaware.cdc.test.TestDatabase;
import dev.failureaware.cdc.test.TestKafka;
import dev.failureaware.cdc.test.TestPostgres;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Names and keys that nobody would choose, through the real connector. */
@QuarkusTest
@WithTestResource(KafkaAndPostgres.class)
class AnySchemaIT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final String LONGEST = "n".repeat(63);

    private final TestDatabase sink = TestPostgres.ofDatasource("");
    private final TestDatabase source = TestPostgres.freshDatabase().withSourceSchema();

    /** By quoted name, the columns: a key of two, and names of every awkward kind. The last two share a topic. */
    private static Map<String, String> tables() {
        var tables = new LinkedHashMap<String, String>();
        tables.put("\"any\".plain", "a int, b text, v text, PRIMARY KEY (b, a)");
        tables.put(
                "\"any\".\"Select\"",
                "\"Group\" int PRIMARY KEY, \"order\" text, \"with space\" text, \"quo\"\"te\" text");
        tables.put("\"any\".\"" + LONGEST + "\"", "\"" + LONGEST + "\" int PRIMARY KEY, \"x.y\" text");
        tables.put("\"Sch emä.x\".\"do.t\"", "id int PRIMARY KEY, \"ключ\" text, \"$dollar\" text, \"a\\b\" text");
        tables.put("\"any\".\"Straße ß\"", "\"Größe\" int PRIMARY KEY, \"'q'\" text");
        tables.put("\"any\".\"a b\"", "id int PRIMARY KEY, v text");
        tables.put("\"any\".\"a_b\"", "id int PRIMARY KEY, v text");
        tables.put("\"any\".no_key", "a int, b text");
        return tables;
    }

    @Test
    void everyTableArrivesUnderItsOwnName() {
        source.execute("CREATE SCHEMA \"any\"; CREATE SCHEMA \"Sch emä.x\"");
        tables().forEach((table, columns) -> source.execute("CREATE TABLE " + table + " (" + columns
                + "); ALTER PUBLICATION cdc_publication ADD TABLE " + table + "; GRANT SELECT ON " + table
                + " TO cdc_replicator"));
        source.execute("GRANT USAGE ON SCHEMA \"any\", \"Sch emä.x\" TO cdc_replicator");
        tables().keySet().forEach(table -> insert(table, 1));

        try (var connector = TestConnector.deploy(
                TestKafka.ofApplication(), source, "shop", "any\\..*,Sch emä\\.x\\..*", Map.of())) {
            awaitEqual();
            tables().keySet().forEach(table -> insert(table, 2));
            source.execute("UPDATE \"any\".plain SET v = 'changed' WHERE a = 1; DELETE FROM \"any\".plain WHERE a = 2;"
                    + " UPDATE \"any\".\"a b\" SET v = 'of a b'; UPDATE \"any\".\"a_b\" SET v = 'of a_b';"
                    + " DELETE FROM \"any\".\"a_b\" WHERE id = 1");
            awaitEqual();
        }
        assertThat(sink.value("SELECT count(DISTINCT topic) FROM _cdc.snapshots WHERE table_name IN ('a b', 'a_b')"))
                .as("topics of the two tables whose names the connector makes the same")
                .isEqualTo(1L);
    }

    private void insert(String table, int number) {
        var columns = source
                .query("SELECT format_type(atttypid, NULL) AS type FROM pg_attribute WHERE attrelid = '"
                        + table.replace("'", "''") + "'::regclass AND attnum > 0 ORDER BY attnum")
                .stream()
                .map(row -> row.get("type").equals("integer") ? Integer.toString(number) : "'" + table.length() + "'")
                .toList();
        source.execute("INSERT INTO " + table + " VALUES (" + String.join(", ", columns) + ")");
    }

    private void awaitEqual() {
        for (var table : tables().keySet()) {
            var columns = columns(source, table);
            await().atMost(PATIENCE)
                    .until(() -> sink.value("SELECT to_regclass('" + table + "') IS NOT NULL")
                            .equals(true));
            await().atMost(PATIENCE)
                    .untilAsserted(() ->
                            assertThat(rows(sink, table, columns)).as(table).isEqualTo(rows(source, table, columns)));
        }
    }

    private static String columns(TestDatabase database, String table) {
        return (String) database.value("SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute"
                + " WHERE attrelid = '" + table + "'::regclass AND attnum > 0");
    }

    private static List<Map<String, Object>> rows(TestDatabase database, String table, String columns) {
        return database.query("SELECT ROW(" + columns + ")::text AS row FROM " + table + " ORDER BY 1");
    }
}
