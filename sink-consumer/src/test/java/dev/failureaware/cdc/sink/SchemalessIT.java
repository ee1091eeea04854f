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
import io.restassured.RestAssured;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Events without a schema part, through the real connector: what a value means follows from the sink's column. */
@QuarkusTest
@WithTestResource(KafkaAndPostgres.class)
class SchemalessIT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Map<String, String> SETTINGS =
            Map.of("key.converter.schemas.enable", "false", "value.converter.schemas.enable", "false");
    private static final String COLUMNS =
            "(id int, \"Part 2\" date, i2 int2, i8 int8, n numeric, n2 numeric(10,2), f4 real,"
                    + " f8 double precision, b boolean, c char(5), vc varchar(9), t text, by bytea, u uuid, d date, t0 time(0), t3 time(3),"
                    + " t6 time, ts0 timestamp(0), ts3 timestamp(3), ts6 timestamp, tz timestamptz, iv interval, j json, jb jsonb,"
                    + " ip inet, mo money, r int4range, m schemaless_mood, PRIMARY KEY (id, \"Part 2\"))";
    private static final String VALUES =
            ", '2024-02-29', -5, 9007199254740993, 'NaN', 12.30, 1.5, 'Infinity', true, 'ab', 'ключ',"
                    + " '', '\\x00ff10', '6f2b0a52-4a3c-4f57-9a52-1f0f6a8a1c11', '1600-03-15', '13:14:15', '13:14:15.678',"
                    + " '13:14:15.678901', '2024-01-02 03:04:05', '2024-01-02 03:04:05.678', '1900-01-02 03:04:05.678901',"
                    + " '2024-01-02 03:04:05.678901+02', '1 year 2 days 03:04:05.6', '{\"a\":  1}', '{\"b\": [1, null]}', '10.0.0.1/8',"
                    + " '12.34', '[1,5)', 'so so')";

    private final TestDatabase sink = TestPostgres.ofDatasource("");
    private final TestDatabase source = TestPostgres.freshDatabase().withSourceSchema();

    private void capture(String table) {
        source.execute("GRANT SELECT ON " + table + " TO cdc_replicator; ALTER PUBLICATION cdc_publication ADD TABLE "
                + table);
    }

    @Test
    void valuesAreReadByTheTypesOfTheSinksColumns() {
        var create = "CREATE TYPE schemaless_mood AS ENUM ('happy', 'so so'); CREATE TABLE schemaless " + COLUMNS;
        source.execute(create + "; ALTER TABLE schemaless ALTER COLUMN t SET STORAGE EXTERNAL");
        sink.execute(create);
        capture("schemaless");
        source.execute("INSERT INTO schemaless VALUES (1" + VALUES
                + "; INSERT INTO schemaless (id, \"Part 2\") VALUES (2, '2024-01-01')");
        try (var connector =
                TestConnector.deploy(TestKafka.ofApplication(), source, "shop", "public.schemaless", SETTINGS)) {
            awaitEqual("schemaless");
            source.execute("INSERT INTO schemaless VALUES (3" + VALUES + "; DELETE FROM schemaless WHERE id = 2;"
                    + " UPDATE schemaless SET t = repeat('large', 2000) WHERE id = 3");
            source.execute("UPDATE schemaless SET i2 = 7 WHERE id = 3; UPDATE schemaless SET id = 4 WHERE id = 1");
            awaitEqual("schemaless");
            source.execute("TRUNCATE schemaless; INSERT INTO schemaless VALUES (5" + VALUES);
            awaitEqual("schemaless");
            var parked = "_cdc.parked WHERE topic = 'shop.public.schemaless' AND outcome IS NULL";
            assertThat(sink.count(parked)).isZero();

            sink.execute("ALTER TABLE schemaless ADD CONSTRAINT no_poison CHECK (i2 <> 13)");
            source.execute("UPDATE schemaless SET i2 = 13; UPDATE schemaless SET ts3 = NULL");
            await().atMost(PATIENCE).until(() -> sink.count(parked) > 0);
            sink.execute("ALTER TABLE schemaless DROP CONSTRAINT no_poison");
            // What is known of the sink's columns is believed for five seconds: then the replay itself has to ask for
            // them.
            await().pollDelay(Duration.ofSeconds(6)).until(() -> true);
            await().atMost(PATIENCE).untilAsserted(() -> {
                RestAssured.given()
                        .header("Authorization", "Bearer of-the-tests")
                        .post("/parked/replay?table=public.schemaless")
                        .then()
                        .statusCode(200);
                assertThat(rows(sink, "schemaless")).isEqualTo(rows(source, "schemaless"));
            });
            assertThat(sink.count(parked)).isZero();
        }
    }

    @Test
    void aTableOrAColumnThatTheSinkDoesNotHaveStopsTheTableUntilItHas() {
        source.execute("CREATE TABLE schemaless_missing (id int PRIMARY KEY, d date)");
        capture("schemaless_missing");
        source.execute("INSERT INTO schemaless_missing VALUES (1, '2024-01-01')");
        try (var connector = TestConnector.deploy(
                TestKafka.ofApplication(), source, "shop", "public.schemaless_missing", SETTINGS)) {
            awaitStopped("schemaless_missing", "create it at the sink");
            sink.execute("CREATE TABLE schemaless_missing (id int PRIMARY KEY, d date)");
            awaitEqual("schemaless_missing");

            source.execute("ALTER TABLE schemaless_missing ADD COLUMN more timestamp(3);"
                    + " INSERT INTO schemaless_missing VALUES (2, 'infinity', '2024-01-02 03:04:05.678')");
            awaitStopped("schemaless_missing", "columns [more] are new");
            sink.execute("ALTER TABLE schemaless_missing ADD COLUMN more timestamp(3)");
            awaitEqual("schemaless_missing");

            sink.execute("ALTER TABLE schemaless_missing ADD COLUMN zone timetz");
            source.execute("ALTER TABLE schemaless_missing ADD COLUMN zone timetz;"
                    + " INSERT INTO schemaless_missing VALUES (3, NULL, NULL, '10:00+02')");
            awaitStopped("schemaless_missing", "cannot be carried: without the schema");
        }
    }

    private static void awaitStopped(String table, String words) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            var data = RestAssured.get("/q/health/well").jsonPath().getMap("checks.find { it.name == 'tables' }.data");
            assertThat(String.valueOf(data == null ? "" : data.get("public." + table)))
                    .contains(words);
        });
    }

    private void awaitEqual(String table) {
        await().atMost(PATIENCE)
                .ignoreException(IllegalStateException.class)
                .untilAsserted(() -> assertThat(rows(sink, table)).isEqualTo(rows(source, table)));
    }

    private List<Map<String, Object>> rows(TestDatabase database, String table) {
        var columns =
                source.value("SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute WHERE"
                        + " attrelid = '" + table + "'::regclass AND attnum > 0");
        return database.query("SELECT ROW(" + columns + ")::text AS row FROM " + table + " ORDER BY 1");
    }
}
