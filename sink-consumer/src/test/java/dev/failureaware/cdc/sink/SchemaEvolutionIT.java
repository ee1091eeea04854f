package dev.failureaware.cdc.sink;

import static dev.failureaware.cdc.test.DebeziumType.FLOAT4;
import static dev.failureaware.cdc.test.DebeziumType.FLOAT8;
import static dev.failureaware.cdc.test.DebeziumType.INT4;
import static dev.failureaware.cdc.test.DebeziumType.INT8;
import static dev.failureaware.cdc.test.DebeziumType.NUMERIC;
import static dev.failureaware.cdc.test.DebeziumType.TEXT;
import static dev.failureaware.cdc.test.DebeziumType.TIMETZ;
import static dev.failureaware.cdc.test.DebeziumType.numeric;
import static dev.failureaware.cdc.test.DebeziumType.varchar;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.failureaware.cdc.test.DebeziumTable;
import dev.failureaware.cdc.test.KafkaAndPostgres;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Changes of the source's schema with the default settings. */
@QuarkusTest
@WithTestResource(KafkaAndPostgres.class)
class SchemaEvolutionIT {
    private final Playground at = new Playground("shop");
    private final DebeziumTable table =
            DebeziumTable.named(at.name).key("id", INT8).nullable("a", TEXT);

    @AfterEach
    void close() {
        at.close();
    }

    @Test
    void twoChangesInOneBatchAreFollowedAndEachEventKeepsItsValues() {
        var small = DebeziumTable.named(at.name)
                .key("id", INT4)
                .notNull("n", numeric(6, 2))
                .nullable("v", varchar(3))
                .nullable("f", FLOAT4);
        var wider = DebeziumTable.named(at.name)
                .key("id", INT8)
                .nullable("n", numeric(8, 3))
                .nullable("v", varchar(30))
                .nullable("f", FLOAT8);
        var widest = DebeziumTable.named(at.name)
                .key("id", INT8)
                .nullable("n", NUMERIC)
                .nullable("v", TEXT)
                .nullable("f", FLOAT8)
                .notNull("more", INT4, 7);

        at.commit(0, small.insert(Map.of("id", 1, "n", "1.25", "v", "abc", "f", 1.5)));
        at.commit(0, wider.insert(Map.of("id", 3_000_000_000L, "v", "longer than before", "f", 0.1)));
        at.commit(0, widest.insert(Map.of("id", 3_000_000_001L, "n", "1e40", "v", "x".repeat(40), "more", 8)));

        at.awaitRows(
                "id, n, v, f, more",
                "(1,1.250,abc,1.5,7)",
                "(3000000000,,\"longer than before\",0.1,7)",
                "(3000000001,10000000000000000000000000000000000000000," + "x".repeat(40) + ",,8)");
        assertThat(at.columns())
                .containsExactly("id bigint", "n numeric", "v text", "f double precision", "more integer");
    }

    @Test
    void aDroppedColumnIsKeptAndItsNotNullDoesNotBlockNewRows() {
        var before = table.notNull("b", INT4);
        at.commit(0, before.insert(Map.of("id", 1L, "a", "old", "b", 5)));
        at.commit(0, table.insert(Map.of("id", 2L, "a", "new")), table.update(Map.of("id", 1L, "a", "touched")));

        at.awaitRows("id, a, b", "(1,touched,5)", "(2,new,)");
    }

    @Test
    void eventsFromBeforeAChangeDoNotUndoItWhenTheTopicIsReadAgain() {
        var before = DebeziumTable.named(at.name)
                .key("id", INT4)
                .nullable("a", varchar(9))
                .nullable("b", INT4);
        at.commit(0, before.insert(Map.of("id", 1, "a", "old", "b", 5)));
        at.commit(1, before.insert(Map.of("id", 2, "a", "untouched", "b", 6)));
        at.commit(0, table.update(Map.of("id", 1L, "a", "the newest of all")));
        at.awaitRows("id, a, b", "(1,\"the newest of all\",5)", "(2,untouched,6)");

        at.rewind();
        at.commit(0, table.insert(Map.of("id", 3L, "a", "end")));

        at.awaitRows("id, a, b", "(1,\"the newest of all\",5)", "(2,untouched,6)", "(3,end,)");
        assertThat(at.columns()).containsExactly("id bigint", "a text", "b integer");
    }

    @Test
    void aColumnThatComesBackUnderTheSameNameDoesNotInheritOldValues() {
        var before = table.nullable("b", INT4);
        at.commit(0, before.insert(Map.of("id", 1L, "a", "x", "b", 5)));
        at.commit(0, table.insert(Map.of("id", 2L, "a", "y")));
        at.awaitRows("id, a, b", "(1,x,5)", "(2,y,)");

        at.commit(0, before.insert(Map.of("id", 3L, "a", "z", "b", 9)));

        at.awaitRows("id, a, b", "(1,x,)", "(2,y,)", "(3,z,9)");
    }

    @Test
    void aRenameStopsTheTableOnlyAndNothingIsLostWhenItIsMended() {
        var renamed = DebeziumTable.named(at.name).key("id", INT8).nullable("renamed", TEXT);
        var stopped = "SELECT s.* FROM _cdc.stopped s JOIN _cdc.offsets o USING (topic, partition)"
                + " WHERE o.next_offset <= s.waiting_offset AND s.table_name = '" + at.name + "' ORDER BY partition";
        at.commit(0, table.insert(Map.of("id", 1L, "a", "before")), table.insert(Map.of("id", 2L, "a", "changes")));
        // Partitions are not read in step: the first one to come decides how the sink's table begins.
        at.awaitRows("id, a", "(1,before)", "(2,changes)");
        at.commit(0, renamed.update(Map.of("id", 2L, "renamed", "changed")));
        at.commit(1, renamed.insert(Map.of("id", 4L, "renamed", "in another partition")));
        at.commit(0, renamed.delete(Map.of("id", 1L)));
        at.send(renamed.tombstone(Map.of("id", 1L)).record(0));
        at.commit(0, renamed.insert(Map.of("id", 3L, "renamed", "after")));

        at.awaitStopped("renamed, or dropped and added?");
        at.awaitRows("id, a", "(1,before)", "(2,changes)");
        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(at.sink.query(stopped))
                        .extracting(
                                row -> row.get("partition") + "@" + row.get("waiting_offset") + " " + row.get("reason"))
                        .satisfiesExactly(
                                first ->
                                        assertThat(first).startsWith("0@2 ").contains("renamed, or dropped and added?"),
                                second -> assertThat(second).startsWith("1@0 ")));
        try (var other = new Playground("shop")) {
            var untouched = DebeziumTable.named(other.name).key("id", INT8).nullable("a", TEXT);
            other.commit(0, untouched.insert(Map.of("id", 1L, "a", "goes on")));
            other.awaitRows("id, a", "(1,\"goes on\")");
        }

        at.sink.execute("ALTER TABLE " + at.name + " RENAME COLUMN a TO renamed");

        at.awaitRows("id, renamed", "(2,changed)", "(3,after)", "(4,\"in another partition\")");
        assertThat(at.sink.query(stopped)).as("offsets have passed the notes").isEmpty();
        assertThat(at.columns()).containsExactly("id bigint", "renamed text");
    }

    /** A backlog with a change in it, of a table that the sink has never seen: any lane may come first. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aDropInTheBacklogOfAnUnknownTableEndsRightWhicheverLaneComesFirst(boolean newerFirst) {
        var before = table.notNull("b", INT4);
        var older = at.stream.commit(before.insert(Map.of("id", 1L, "a", "before", "b", 5)));
        var newer = at.stream.commit(table.insert(Map.of("id", 2L, "a", "after")));
        var events = newerFirst ? List.of(newer, older) : List.of(older, newer);
        var partition = 0;
        for (var commit : events) {
            at.send(commit.get(0).record(partition++));
            var count = partition;
            await().atMost(Playground.PATIENCE).until(() -> at.rows("id").size() == count);
        }
        at.commit(0, table.update(Map.of("id", 1L, "a", "end")));
        at.commit(1, table.insert(Map.of("id", 3L, "a", "end")));

        at.awaitRows("id, a", "(1,end)", "(2,after)", "(3,end)");
        assertThat(at.columns())
                .isEqualTo(newerFirst ? List.of("id bigint", "a text") : List.of("id bigint", "a text", "b integer"));
    }

    /** The other order is {@link #aRenameStopsTheTableOnlyAndNothingIsLostWhenItIsMended}. */
    @Test
    void aRenameInTheBacklogOfAnUnknownTableStopsItAlsoWhereTheNewerNameCameFirst() {
        var renamed = DebeziumTable.named(at.name).key("id", INT8).nullable("renamed", TEXT);
        var older = at.stream.commit(table.insert(Map.of("id", 1L, "a", "before")));
        at.commit(1, renamed.insert(Map.of("id", 2L, "renamed", "after")));
        at.awaitRows("id, renamed", "(2,after)");
        at.send(older.get(0).record(0));
        at.commit(0, renamed.insert(Map.of("id", 3L, "renamed", "waits")));

        at.awaitStopped("renamed, or dropped and added? Say which: INSERT INTO \"_cdc\".\"former_columns\"");
        at.awaitRows("id, renamed", "(2,after)");
        at.sink.execute("INSERT INTO _cdc.former_columns VALUES ('public', '" + at.name + "', 'a', 'renamed')");

        at.awaitRows("id, renamed", "(1,before)", "(2,after)", "(3,waits)");
    }

    @Test
    void aNarrowerTypeStopsTheTableUntilTheSinkHasIt() {
        var narrow = DebeziumTable.named(at.name).key("id", INT8).nullable("a", varchar(3));
        at.commit(0, table.insert(Map.of("id", 1L, "a", "long before")));
        at.commit(0, narrow.update(Map.of("id", 1L, "a", "cut")), narrow.insert(Map.of("id", 2L, "a", "new")));

        at.awaitStopped("became narrower");
        at.awaitRows("id, a", "(1,\"long before\")");
        at.sink.execute("ALTER TABLE " + at.name + " ALTER COLUMN a TYPE varchar(3) USING left(a, 3)");

        at.awaitRows("id, a", "(1,cut)", "(2,new)");
    }

    @Test
    void anotherKeyStopsTheTable() {
        var rekeyed = DebeziumTable.named(at.name).key("id", INT8).key("a", TEXT);
        at.commit(0, table.insert(Map.of("id", 1L, "a", "x")));
        at.commit(0, rekeyed.insert(Map.of("id", 1L, "a", "y")));

        at.awaitStopped("the key is [id, a] at the source and [id] at the sink");
        at.awaitRows("id, a", "(1,x)");
    }

    @Test
    void aTypeThatCannotBeCarriedStopsItsTableAtTheStartUntilItIsPassedOver() {
        var refused = table.nullable("z", TIMETZ);
        at.commit(0, refused.insert(Map.of("id", 1L, "a", "x", "z", "10:00:00Z")));

        at.awaitStopped("column \"z\" of type timetz cannot be carried");
        assertThat(at.rows("id")).isEmpty();
        at.sink.execute("INSERT INTO _cdc.former_columns VALUES ('public', '" + at.name + "', 'z', NULL)");

        at.awaitRows("id, a", "(1,x)");
        assertThat(at.columns()).containsExactly("id bigint", "a text");
    }
}
