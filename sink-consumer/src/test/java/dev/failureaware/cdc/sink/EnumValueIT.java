package dev.failureaware.cdc.sink;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.failureaware.cdc.test.KafkaAndPostgres;
import dev.failureaware.cdc.test.TestConnector;
import dev.failureaware.cdc.test.TestDatabase;
import dev.failureaware.cdc.test.TestKafka;
import dev.failureaware.cdc.test.TestPostgres;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** An enum that gets a value while the pipeline runs: no event tells of that. */
@QuarkusTest
@WithTestResource(KafkaAndPostgres.class)
class EnumValueIT {
    private final TestDatabase sink = TestPostgres.ofDatasource("");
    private final TestDatabase source = TestPostgres.freshDatabase().withSourceSchema();

    @Test
    void rowsWithAValueThatTheSinksTypeLacksAreParkedUntilItHasIt() {
        var tables = "CREATE TYPE enum_mood AS ENUM ('sad', 'ok'); CREATE TYPE enum_season AS ENUM ('wet', 'dry');";
        source.execute(
                tables
                        + " CREATE TABLE enum_rows (id int PRIMARY KEY, m enum_mood NOT NULL, s enum_season);"
                        + " INSERT INTO enum_rows VALUES (1, 'ok', 'wet');"
                        + " ALTER PUBLICATION cdc_publication ADD TABLE enum_rows; GRANT SELECT ON enum_rows TO cdc_replicator");
        // The sink knows the one type; of the other its column holds the text.
        sink.execute("CREATE TYPE enum_mood AS ENUM ('sad', 'ok')");
        try (var connector =
                TestConnector.deploy(TestKafka.ofApplication(), source, "shop", "public.enum_rows", Map.of())) {
            awaitRows("(1,ok,wet)");

            source.execute("ALTER TYPE enum_mood ADD VALUE 'glad' BEFORE 'ok'");
            source.execute("ALTER TYPE enum_season ADD VALUE 'cold'");
            source.execute(
                    "INSERT INTO enum_rows VALUES (2, 'glad', 'wet'); UPDATE enum_rows SET s = 'dry' WHERE id = 2;"
                            + " INSERT INTO enum_rows VALUES (3, 'sad', 'cold'), (4, 'ok', 'dry')");

            awaitRows("(1,ok,wet)", "(3,sad,cold)", "(4,ok,dry)");
            await().atMost(Playground.PATIENCE)
                    .untilAsserted(() -> assertThat(sink.query("SELECT DISTINCT kind, sqlstate FROM _cdc.parked"
                                    + " WHERE topic = 'shop.public.enum_rows' AND kind = 'refused'"))
                            .containsExactly(Map.of("kind", "refused", "sqlstate", "22P02")));
            source.execute("INSERT INTO enum_rows VALUES (5, 'ok', NULL)");
            awaitRows("(1,ok,wet)", "(3,sad,cold)", "(4,ok,dry)", "(5,ok,)");

            sink.execute("ALTER TYPE enum_mood ADD VALUE 'glad' BEFORE 'ok'");
            given().header("Authorization", "Bearer of-the-tests")
                    .post("/parked/replay?table=public.enum_rows")
                    .then()
                    .statusCode(200);
            awaitRows("(1,ok,wet)", "(2,glad,dry)", "(3,sad,cold)", "(4,ok,dry)", "(5,ok,)");
        }
    }

    private void awaitRows(String... rows) {
        await().atMost(Playground.PATIENCE)
                .ignoreException(IllegalStateException.class)
                .untilAsserted(
                        () -> assertThat(sink.query("SELECT ROW(id, m, s)::text AS row FROM enum_rows ORDER BY id"))
                                .extracting(row -> row.get("row"))
                                .containsExactly((Object[]) rows));
    }
}
