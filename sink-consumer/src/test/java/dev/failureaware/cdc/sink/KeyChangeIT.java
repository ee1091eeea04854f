package dev.failureaware.cdc.sink;

import static dev.failureaware.cdc.test.DebeziumTable.UNCHANGED;
import static dev.failureaware.cdc.test.DebeziumType.INT8;
import static dev.failureaware.cdc.test.DebeziumType.TEXT;
import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.failureaware.cdc.test.DebeziumTable;
import dev.failureaware.cdc.test.KafkaAndPostgres;
import dev.failureaware.cdc.test.TestConnector;
import dev.failureaware.cdc.test.TestDatabase;
import dev.failureaware.cdc.test.TestKafka;
import dev.failureaware.cdc.test.TestPostgres;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A row whose key changes while a large value stays: the event of the new key does not tell the value, and the one of the old
 * key may come later, in another partition.
 */
@QuarkusTest
@WithTestResource(KafkaAndPostgres.class)
class KeyChangeIT {
    private final Playground at = new Playground("shop");
    private final DebeziumTable table =
            DebeziumTable.named(at.name).key("id", INT8).nullable("n", INT8).nullable("a", TEXT);

    @AfterEach
    void close() {
        at.close();
    }

    private static Map<String, Object> row(long id, long n, String a) {
        return Map.of("id", id, "n", n, "a", a);
    }

    /** The row 2 of partition 2 becomes the row 1 of partition 1, where another row 1 has been before. */
    private void commitChange(boolean newKeyFirst) {
        var halves = at.stream.commit(table.leave(Map.of("id", 2L)), table.arrive(row(1, 3, UNCHANGED)));
        at.send(halves.get(newKeyFirst ? 1 : 0).record(newKeyFirst ? 1 : 2));
        if (newKeyFirst) {
            await().atMost(Playground.PATIENCE)
                    .untilAsserted(() -> assertThat(get("/q/health/well").asString())
                            .contains(at.topic + "-1", "waits for the row's delete under its old key"));
        }
        at.send(halves.get(newKeyFirst ? 0 : 1).record(newKeyFirst ? 2 : 1));
    }

    @Test
    void theEventOfTheNewKeyMayComeFirstAndBeReadAgain() {
        at.commit(1, table.insert(row(1, 1, "other life")), table.delete(Map.of("id", 1L)));
        at.commit(2, table.insert(row(2, 1, "large")));
        at.awaitRows("id, n, a", "(2,1,large)");

        commitChange(true);
        at.commit(1, table.update(row(1, 4, UNCHANGED)));

        at.awaitRows("id, n, a", "(1,4,large)");
        await().atMost(Playground.PATIENCE).until(() -> get("/q/health/well").statusCode() == 200);

        // By one partition alone, which then deletes the row of before and has to know the value again.
        at.sink.execute("UPDATE _cdc.offsets SET next_offset = 0 WHERE partition = 1 AND topic = '" + at.topic + "'");
        at.commit(1, table.insert(row(4, 4, "end")));
        at.awaitRows("id, n, a", "(1,4,large)", "(4,4,end)");
        at.rewind();
        at.commit(1, table.insert(row(7, 7, "end")));
        at.commit(2, table.insert(row(5, 5, "end")));
        at.awaitRows("id, n, a", "(1,4,large)", "(4,4,end)", "(5,5,end)", "(7,7,end)");
    }

    /** The last event before a crash: its position is no lower than the partition's, so it does not count as old. */
    @Test
    void theEventOfTheOldKeyMayBeSentAgainWhenItsRowIsGone() {
        at.commit(2, table.insert(row(2, 1, "large")));
        at.awaitRows("id, n, a", "(2,1,large)");
        var halves = at.stream.commit(table.leave(Map.of("id", 2L)), table.arrive(row(1, 3, UNCHANGED)));
        at.send(halves.get(0).record(2));
        at.awaitRows("id, n, a");

        at.send(halves.get(0).record(2));
        at.commit(2, table.insert(row(5, 5, "end")));
        at.awaitRows("id, n, a", "(5,5,end)");
        at.send(halves.get(1).record(1));

        at.awaitRows("id, n, a", "(1,3,large)", "(5,5,end)");
    }

    /** Each lane's batch has a row that waits for one of the other's. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void rowsThatChangePartitionsBothWaysDoNotWaitForEachOther(boolean widestFirst) {
        var wide = table.nullable("b", TEXT);
        at.commit(1, wide.insert(wide(1, "a1", "b1")));
        at.commit(2, wide.insert(wide(2, "a2", "b2")), wide.insert(wide(3, "a3", "b3")));
        at.awaitRows("id, n, a, b", "(1,1,a1,b1)", "(2,2,a2,b2)", "(3,3,a3,b3)");
        var there = at.stream.commit(wide.leave(Map.of("id", 1L)), wide.arrive(wide(11, UNCHANGED, UNCHANGED)));
        // A batch looks at its rows in the order of their keys: here it finds the later one of those that wait first.
        var back = at.stream.commit(
                wide.leave(Map.of("id", 2L)), wide.arrive(wide(13, UNCHANGED, widestFirst ? UNCHANGED : "new")));
        var backToo = at.stream.commit(
                wide.leave(Map.of("id", 3L)), wide.arrive(wide(12, UNCHANGED, widestFirst ? "new" : UNCHANGED)));

        at.sendTogether(1, there.get(0), back.get(1), backToo.get(1));
        at.sendTogether(2, there.get(1), back.get(0), backToo.get(0));

        at.awaitRows(
                "id, n, a, b",
                "(11,11,a1,b1)",
                widestFirst ? "(12,12,a3,new)" : "(12,12,a3,b3)",
                widestFirst ? "(13,13,a2,b2)" : "(13,13,a2,new)");
    }

    private static Map<String, Object> wide(long id, String a, String b) {
        return Map.of("id", id, "n", id, "a", a, "b", b);
    }

    @Test
    void whereTheOldKeyIsParkedTheNewOneIsParkedTooAndBothAreReplayed() {
        at.commit(2, table.insert(row(2, 1, "large")));
        at.awaitRows("id, n, a", "(2,1,large)");
        at.sink.execute("ALTER TABLE " + at.name + " ADD CONSTRAINT no_poison CHECK (n <> 2)");
        at.commit(2, table.update(row(2, 2, "poison")));

        commitChange(false);

        await().atMost(Playground.PATIENCE)
                .untilAsserted(() -> assertThat(at.sink.query("SELECT kind FROM _cdc.parked WHERE topic = '" + at.topic
                                + "' ORDER BY partition DESC, \"offset\""))
                        .extracting(row -> row.get("kind"))
                        .containsExactly("refused", "behind", "refused"));
        assertThat(reason()).contains("old key", "parked", "REPLICA IDENTITY FULL");
        replay();
        assertThat(reason()).contains("old key", "parked", "REPLICA IDENTITY FULL");

        at.sink.execute("ALTER TABLE " + at.name + " DROP CONSTRAINT no_poison");
        // The new key's partition is tried first.
        replay();
        replay();
        at.awaitRows("id, n, a", "(1,3,poison)");
    }

    private static void replay() {
        given().header("Authorization", "Bearer of-the-tests")
                .post("/parked/replay")
                .then()
                .statusCode(200);
    }

    private String reason() {
        return String.valueOf(
                at.sink.value("SELECT reason FROM _cdc.parked WHERE partition = 1 AND topic = '" + at.topic + "'"));
    }

    @Test
    void withoutTheConnectorsHeadersTheRowIsParkedAndSaysWhy() {
        at.commit(2, table.insert(row(2, 1, "large")));
        at.awaitRows("id, n, a", "(2,1,large)");

        at.commit(2, table.delete(Map.of("id", 2L)));
        at.commit(1, table.insert(row(1, 3, UNCHANGED)));

        await().atMost(Playground.PATIENCE)
                .untilAsserted(() -> assertThat(reason()).contains("__debezium.oldkey", "REPLICA IDENTITY FULL"));
        at.awaitRows("id, n, a");
    }

    private static final String COLUMNS = "id, n, md5(a) AS a, small";

    @Test
    void whatRealKeysDo() {
        var source = TestPostgres.freshDatabase().withSourceSchema();
        for (var identity : List.of("moving", "moving_full")) {
            source.execute("CREATE TABLE " + identity + " (id int PRIMARY KEY, n int, a text NOT NULL, small text);"
                    + " ALTER TABLE " + identity + " ALTER a SET STORAGE EXTERNAL;"
                    + " ALTER PUBLICATION cdc_publication ADD TABLE " + identity + "; GRANT SELECT ON " + identity
                    + " TO cdc_replicator; INSERT INTO " + identity
                    + " SELECT i, 0, repeat('r' || i, 2000), 's' || i FROM generate_series(1, 90) i");
        }
        source.execute("ALTER TABLE moving_full REPLICA IDENTITY FULL");
        try (var connector =
                TestConnector.deploy(TestKafka.ofApplication(), source, "shop", "public.moving.*", Map.of())) {
            awaitEqual(source);
            for (var name : List.of("moving", "moving_full")) {
                changeKeys(source, name);
            }
            awaitEqual(source);
        }
        assertThat(at.sink.count("_cdc.parked WHERE topic LIKE 'shop.public.moving%'"))
                .isZero();
    }

    private static void changeKeys(TestDatabase source, String table) {
        List.of(
                        "UPDATE t SET id = id + 1000 WHERE id <= 20",
                        "UPDATE t SET id = id + 1000, n = 1 WHERE id BETWEEN 21 AND 25",
                        "UPDATE t SET id = id + 1000, a = repeat('n' || id, 2000) WHERE id BETWEEN 26 AND 30",
                        // Several in one transaction, back to where it was, written before and after, away with it.
                        "UPDATE t SET id = 2031 WHERE id = 31; UPDATE t SET id = 3031 WHERE id = 2031",
                        "UPDATE t SET id = 2032 WHERE id = 32; UPDATE t SET n = 7; UPDATE t SET id = 32 WHERE id = 2032",
                        "UPDATE t SET a = repeat('u', 4000) WHERE id = 33; UPDATE t SET id = 2033 WHERE id = 33;"
                                + " UPDATE t SET small = 'v' WHERE id = 2033",
                        "UPDATE t SET small = 'w' WHERE id = 34; UPDATE t SET id = 2034 WHERE id = 34",
                        "UPDATE t SET id = 2035 WHERE id = 35; DELETE FROM t WHERE id = 2035",
                        "INSERT INTO t VALUES (36000, 1, repeat('i', 5000), 'i'); UPDATE t SET id = 36001 WHERE id = 36000",
                        // Two rows change places, and a key is used again.
                        "UPDATE t SET id = -37 WHERE id = 37; UPDATE t SET id = 37 WHERE id = 38;"
                                + " UPDATE t SET id = 38 WHERE id = -37",
                        "UPDATE t SET id = 2039 WHERE id = 39; INSERT INTO t VALUES (39, 1, repeat('j', 5000), 'j');"
                                + " UPDATE t SET id = 3039 WHERE id = 39; INSERT INTO t VALUES (39, 2, 'k', 'k')")
                .forEach(work -> source.execute("BEGIN; " + work.replaceAll("\\bt\\b", table) + "; COMMIT"));
    }

    private void awaitEqual(TestDatabase source) {
        for (var name : List.of("moving", "moving_full")) {
            await().atMost(Playground.PATIENCE)
                    .until(() -> at.sink.count("pg_class WHERE relname = '" + name + "'") > 0);
            await().atMost(Playground.PATIENCE)
                    .untilAsserted(() -> assertThat(rows(at.sink, name)).isEqualTo(rows(source, name)));
        }
    }

    private static List<Map<String, Object>> rows(TestDatabase database, String table) {
        return database.query("SELECT " + COLUMNS + " FROM " + table + " ORDER BY id");
    }
}
