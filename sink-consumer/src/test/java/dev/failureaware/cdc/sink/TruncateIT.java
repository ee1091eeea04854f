package dev.failureaware.cdc.sink;

import static dev.failureaware.cdc.test.DebeziumType.INT8;
import static dev.failureaware.cdc.test.DebeziumType.TEXT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.failureaware.cdc.test.DebeziumTable;
import dev.failureaware.cdc.test.KafkaAndPostgres;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** TRUNCATE comes in one partition and empties all of them; the test plays the connector. */
@QuarkusTest
@WithTestResource(KafkaAndPostgres.class)
class TruncateIT {
    private final Playground at = new Playground("shop");
    private final DebeziumTable table =
            DebeziumTable.named(at.name).key("id", INT8).nullable("v", TEXT);

    @AfterEach
    void close() {
        at.close();
    }

    private static Map<String, Object> row(long id, String v) {
        return Map.of("id", id, "v", v);
    }

    /** It cannot be locked by its name by whoever empties it, and its rows cannot be seen yet. */
    @Test
    void rowsOfATableThatIsJustBeingMadeGoToo() throws Exception {
        try (var other = at.sink.connect()) {
            other.setAutoCommit(false);
            // Its first rows are of a snapshot: their lane makes the table, writes them, and has to wait before it
            // commits.
            other.createStatement().execute("LOCK TABLE _cdc.snapshots IN SHARE MODE");
            at.stream.snapshot(table.snapshotRow(row(1, "before"))).forEach(event -> at.send(event.record(0)));
            await().atMost(Playground.PATIENCE).until(() -> waiting() > 0);
            var waiting = waiting();
            at.commit(1, table.truncate());
            await().atMost(Playground.PATIENCE).until(() -> waiting() > waiting || offset(1) == 1);
            other.rollback();
        }
        await().atMost(Playground.PATIENCE).until(() -> offset(0) == 1 && offset(1) == 1);
        assertThat(at.rows("id, v")).isEmpty();
        at.commit(0, table.insert(row(3, "after")));
        at.awaitRows("id, v", "(3,after)");
    }

    private long waiting() {
        return at.sink.count("pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'");
    }

    private long offset(int partition) {
        return ((Number) at.sink.value("SELECT coalesce(sum(next_offset), 0) FROM _cdc.offsets WHERE topic = '"
                        + at.topic + "' AND partition = " + partition))
                .longValue();
    }

    @Test
    void rowsFromBeforeGoInEveryPartitionAndThoseFromAfterStay() {
        for (var partition = 0; partition < 3; partition++) {
            at.commit(partition, table.insert(row(partition, "before")));
        }
        at.awaitRows("id, v", "(0,before)", "(1,before)", "(2,before)");
        var late = at.stream.commit(table.insert(row(4, "before, but its partition lags")));
        var truncate = at.stream.commit(table.truncate());
        at.commit(2, table.insert(row(5, "after, but its partition is ahead")));
        at.awaitRows("id", "(0)", "(1)", "(2)", "(5)");

        truncate.forEach(event -> at.send(event.record(0)));
        at.awaitRows("id, v", "(5,\"after, but its partition is ahead\")");
        late.forEach(event -> at.send(event.record(1)));
        at.commit(1, table.insert(row(7, "end")));

        at.awaitRows("id, v", "(5,\"after, but its partition is ahead\")", "(7,end)");
    }

    @Test
    void itStandsBetweenTheRowsOfItsOwnTransaction() {
        at.commit(1, table.insert(row(1, "old")));
        var events = at.stream.commit(
                table.insert(row(1, "in the same transaction, before")),
                table.insert(row(2, "before")),
                table.truncate(),
                table.insert(row(1, "after")));
        at.send(events.get(2).record(0));
        at.send(events.get(3).record(1));
        at.awaitRows("id, v", "(1,after)");
        at.send(events.get(1).record(2));
        at.commit(2, table.insert(row(5, "end")));

        at.awaitRows("id, v", "(1,after)", "(5,end)");
    }

    @Test
    void theTopicReadAgainDoesNotBringBackWhatWasRemoved() {
        at.commit(1, table.insert(row(1, "a")), table.insert(row(4, "b")));
        at.commit(0, table.truncate());
        at.commit(1, table.insert(row(1, "c")));
        at.commit(2, table.truncate());
        at.commit(1, table.insert(row(7, "d")));
        at.awaitRows("id, v", "(7,d)");

        at.rewind();
        at.commit(0, table.insert(row(3, "end")));
        at.commit(1, table.insert(row(10, "end")));

        at.awaitRows("id, v", "(3,end)", "(7,d)", "(10,end)");
    }

    @Test
    void aTableWithoutKeyIsEmptiedToo() {
        var history = DebeziumTable.named(at.name).nullable("id", INT8).nullable("v", TEXT);
        at.commit(0, history.insert(row(1, "a")), history.insert(row(1, "a")));
        at.commit(1, history.insert(row(2, "b")));
        at.commit(2, history.truncate());
        at.commit(1, history.insert(row(3, "c")));

        at.awaitRows("id, v", "(3,c)");
    }

    @Test
    void rowsOfASnapshotFromBeforeItGoAndRowsOfOneFromAfterItStay() {
        var older = at.stream.snapshot(table.snapshotRow(row(1, "older")), table.snapshotRow(row(2, "older")));
        var truncate = at.stream.commit(table.truncate());
        var newer = at.stream.snapshot(table.snapshotRow(row(3, "newer")));
        at.send(newer.get(0).record(0));
        at.send(older.get(0).record(1));
        at.awaitRows("id", "(1)", "(3)");

        truncate.forEach(event -> at.send(event.record(2)));
        at.awaitRows("id", "(3)");
        at.send(older.get(1).record(2));
        at.commit(2, table.insert(row(5, "end")));

        at.awaitRows("id, v", "(3,newer)", "(5,end)");
    }

    @Test
    void rowsOfARestoredSourceHaveLowerPositionsAndNewerTimes() {
        at.commit(0, table.truncate());
        at.commit(1, table.insert(row(1, "a")));
        at.awaitRows("id", "(1)");

        at.send(table.insert(row(4, "of the restored source"))
                .at(5L, 6L)
                .committedAt(Instant.parse("2026-03-01T00:00:00Z"))
                .record(1));

        at.awaitRows("id, v", "(1,a)", "(4,\"of the restored source\")");
    }

    /** Whoever writes rows while the table is being emptied knows nothing of it yet, and must not bring them back. */
    @Test
    void aWriterThatWaitsForTheTruncateSeesItsPosition() {
        at.commit(1, table.insert(row(1, "before")));
        at.awaitRows("id", "(1)");
        var before = at.stream.commit(table.insert(row(4, "before")), table.insert(row(7, "before")));
        var after = at.stream.commit(table.truncate(), table.insert(row(10, "after")));
        var mark =
                "INSERT INTO _cdc.truncates VALUES ('public', '" + at.name + "', 100000, '2026-02-01', '2026-02-01')";
        try (var other = at.sink.connect();
                var statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("LOCK TABLE " + at.name + " IN SHARE ROW EXCLUSIVE MODE");
            before.forEach(event -> at.send(event.record(1)));
            await().atMost(Playground.PATIENCE)
                    .until(() ->
                            at.sink.count("pg_locks WHERE NOT granted AND relation = '" + at.name + "'::regclass") > 0);
            statement.execute(mark);
            statement.execute("DELETE FROM " + at.name);
            other.commit();
        } catch (java.sql.SQLException e) {
            throw new AssertionError(e);
        }
        assertThat(after).hasSize(2);
        at.send(table.insert(row(10, "after")).at(100_000L, 100_001L).record(1));

        at.awaitRows("id, v", "(10,after)");
    }
}
