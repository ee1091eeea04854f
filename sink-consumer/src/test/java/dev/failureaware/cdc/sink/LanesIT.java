package dev.failureaware.cdc.sink;

import static dev.failureaware.cdc.test.DebeziumType.INT8;
import static dev.failureaware.cdc.test.DebeziumType.TEXT;
import static io.restassured.RestAssured.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.failureaware.cdc.test.DebeziumTable;
import dev.failureaware.cdc.test.KafkaAndPostgres;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several lanes on the same tables. Neighbouring partitions of a topic are in different lanes. */
@QuarkusTest
@WithTestResource(KafkaAndPostgres.class)
class LanesIT {
    private static final int CHANGES = 12;

    private final Playground at = new Playground("shop");

    @AfterEach
    void close() {
        at.close();
    }

    private DebeziumTable shape(int columns) {
        var table = DebeziumTable.named(at.name).key("id", INT8);
        for (var i = 1; i <= columns; i++) {
            table = table.nullable("c" + i, TEXT);
        }
        return table;
    }

    private static Map<String, Object> row(long id, int columns) {
        var row = new TreeMap<String, Object>(Map.of("id", id));
        for (var i = 1; i <= columns; i++) {
            row.put("c" + i, id + "/" + i);
        }
        return row;
    }

    private void insert(int partition, long id, int columns) {
        at.commit(partition, shape(columns).insert(row(id, columns)));
    }

    private void awaitCount(String where, long count) {
        await().atMost(Playground.PATIENCE)
                .ignoreException(IllegalStateException.class)
                .untilAsserted(() -> assertThat(at.sink.count(at.name + " WHERE " + where))
                        .as(() -> where + ": " + at.state())
                        .isEqualTo(count));
    }

    private void awaitWaiting(String locks) {
        await().atMost(Playground.PATIENCE).until(() -> at.sink.count("pg_locks WHERE NOT granted AND " + locks) > 0);
    }

    @Test
    void lanesThatCreateAndChangeTheSameTableAtOnceEndRight() throws SQLException {
        insert(0, 1, 1);
        insert(1, 2, 1);
        insert(2, 3, 1);
        awaitCount("c1 = id || '/1'", 3);
        for (var columns = 2; columns <= CHANGES; columns++) {
            // All lanes come to the lock, and then run into the same change together.
            try (var other = at.sink.connect();
                    var statement = other.createStatement()) {
                other.setAutoCommit(false);
                // A batch with two shapes has written the table before it changes it, so lanes may block each other,
                // and try again. PostgreSQL ends who looks first, and that shall be a lane.
                statement.execute("SET deadlock_timeout = '1min'");
                statement.execute("LOCK TABLE " + at.name);
                for (var partition = 0; partition < 3; partition++) {
                    insert(partition, columns * 10L + partition, columns);
                }
                other.rollback();
            }
        }

        for (var columns = 2; columns <= CHANGES; columns++) {
            awaitCount("c" + columns + " = id || '/" + columns + "'", (CHANGES - columns + 1) * 3L);
        }
    }

    /** Dropped at the source and added again: the column is made anew, and that must not happen to the other lane's values. */
    @Test
    void aLaneThatWaitedForAChangeDoesNotMakeItAgain() throws SQLException {
        insert(0, 1, 2);
        insert(1, 2, 2);
        awaitCount("c2 = id || '/2'", 2);
        insert(0, 3, 1);
        insert(1, 4, 1);
        awaitCount("c1 = id || '/1'", 4);

        try (var other = at.sink.connect();
                var statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("LOCK TABLE " + at.name);
            insert(0, 5, 2);
            awaitWaiting("relation = '" + at.name + "'::regclass");
            insert(1, 6, 2);
            awaitWaiting("locktype = 'advisory'");
            other.rollback();
        }

        awaitCount("id < 5 AND c2 IS NULL", 4);
        awaitCount("c2 = id || '/2'", 2);
    }

    /** Another replica adds a column while a lane looks at the table, for an event that is a little older than that replica's. */
    @Test
    void aChangeThatIsJustMadeByAnotherIsSeenAsAWhole() throws SQLException {
        insert(0, 1, 1);
        awaitCount("true", 1);
        try (var other = at.sink.connect();
                var statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("LOCK TABLE _cdc.tables");
            insert(0, 2, 2);
            awaitWaiting("relation = '_cdc.tables'::regclass");
            statement.execute("ALTER TABLE " + at.name
                    + " ADD COLUMN c2 text; UPDATE _cdc.tables SET schema_lsn = schema_lsn + 1000000"
                    + " WHERE table_name = '" + at.name + "'");
            other.commit();
        }

        awaitCount("c2 = id || '/2'", 1);
    }

    /** Else a late event of an older shape would count as one of the newest, and change the table back. */
    @Test
    void aLaneThatIsBehindDoesNotTakeBackWhatTheTableFollows() throws SQLException {
        insert(0, 1, 1);
        awaitCount("true", 1);
        try (var other = at.sink.connect();
                var statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("UPDATE _cdc.tables SET schema_lsn = 1000000 WHERE table_name = '" + at.name + "'");
            insert(1, 2, 1);
            awaitWaiting("locktype = 'transactionid'");
            other.commit();
        }

        awaitCount("true", 2);
        assertThat(at.sink.value("SELECT schema_lsn FROM _cdc.tables WHERE table_name = '" + at.name + "'"))
                .isEqualTo(1000000L);
    }

    /**
     * The change is rolled back again and again with the row of partition 0, each time after a while in which the other lane
     * comes to it; that one makes it on its own.
     */
    @Test
    void aLaneWhoseTransactionFailsNeitherStopsOthersNorTellsThemOfItsChanges() {
        insert(0, 1, 1);
        insert(1, 2, 1);
        awaitCount("true", 2);
        at.sink.execute("CREATE TABLE " + at.name + "_refused AS SELECT 3::bigint AS id; CREATE FUNCTION " + at.name
                + "() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT FROM " + at.name
                + "_refused r WHERE r.id = NEW.id) THEN PERFORM pg_sleep(2); RAISE EXCEPTION 'not now' USING ERRCODE = '40001'; END IF;"
                + " RETURN NEW; END $$; CREATE TRIGGER refuse BEFORE INSERT ON " + at.name
                + " FOR EACH ROW EXECUTE FUNCTION " + at.name + "()");
        insert(0, 3, 2);
        insert(0, 5, 2);
        await().atMost(Playground.PATIENCE).until(() -> get("/q/health/ready").statusCode() == 503);

        await().atMost(Playground.PATIENCE)
                .until(() -> at.sink.count(
                                "pg_stat_activity WHERE wait_event = 'PgSleep' AND query LIKE '%" + at.name + "%'")
                        > 0);
        insert(1, 4, 2);
        awaitCount("c2 = id || '/2'", 1);
        at.sink.execute("DELETE FROM " + at.name + "_refused");

        awaitCount("c2 = id || '/2'", 3);
        await().atMost(Playground.PATIENCE).until(() -> get("/q/health/ready").statusCode() == 200);
    }

    @Test
    void aLaneThatWaitsForALockDoesNotHoldUpTheOthers() throws SQLException {
        try (var second = new Playground("shop")) {
            var other = DebeziumTable.named(second.name).key("id", INT8);
            insert(0, 1, 1);
            second.commit(0, other.insert(Map.of("id", 1L)));
            awaitCount("true", 1);
            second.awaitRows("id", "(1)");

            try (var connection = at.sink.connect();
                    var statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                statement.execute("LOCK TABLE " + at.name);
                insert(0, 2, 1);
                await().atMost(Playground.PATIENCE)
                        .until(() ->
                                at.sink.count("pg_locks WHERE NOT granted AND relation = '" + at.name + "'::regclass")
                                        > 0);
                second.commit(0, other.insert(Map.of("id", 10L)));
                second.commit(1, other.insert(Map.of("id", 11L)));

                await().atMost(Playground.PATIENCE)
                        .until(() -> second.rows("id").size() == 2);
                connection.rollback();
            }

            awaitCount("true", 2);
            second.awaitRows("id", "(1)", "(10)", "(11)");
        }
    }
}
