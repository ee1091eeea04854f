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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What is told by positions, not by the order of arrival: through the real connector, with writers that do not rest. */
@QuarkusTest
@WithTestResource(KafkaAndPostgres.class)
class CapturedPositionsIT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final TestDatabase sink = TestPostgres.ofDatasource("");
    private final TestDatabase source = TestPostgres.freshDatabase().withSourceSchema();

    private static final Map<String, String> SIGNALS =
            Map.of("signal.data.collection", "public.cdc_signal", "incremental.snapshot.chunk.size", "50");

    private void readAgain(String table) {
        source.execute("INSERT INTO cdc_signal VALUES ('mend', 'execute-snapshot', '{\"data-collections\": [\"public."
                + table + "\"], \"type\": \"incremental\"}')");
    }

    private TestConnector capture(String prefix, Map<String, String> settings) {
        return TestConnector.deploy(
                TestKafka.ofApplication(), source, "shop", "public." + prefix + ".*,public.cdc_heartbeat", settings);
    }

    private void create(String table, String columns) {
        source.execute("CREATE TABLE " + table + " (" + columns + "); ALTER PUBLICATION cdc_publication ADD TABLE "
                + table + "; GRANT SELECT ON " + table + " TO cdc_replicator");
    }

    private void awaitEqual(String... tables) {
        for (var table : tables) {
            await().atMost(PATIENCE)
                    .until(() -> sink.value("SELECT to_regclass('" + table + "') IS NOT NULL")
                            .equals(true));
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(differences(table))
                            .as(() -> table + " with offsets "
                                    + sink.query(
                                            "SELECT * FROM _cdc.offsets WHERE topic = 'shop.public." + table + "'"))
                            .isEmpty());
        }
    }

    /** Rows of the source with a plus, those of the sink, as it wrote them, with a minus. */
    private List<String> differences(String table) {
        var differences = new ArrayList<String>();
        rows(source, table).forEach(row -> differences.add("+" + row));
        rows(sink, table).forEach(row -> {
            if (!differences.remove("+" + row)) {
                differences.add("-" + row + " "
                        + sink.query("SELECT * FROM " + table + " WHERE id IS NOT DISTINCT FROM " + row.get("id")));
            }
        });
        return differences;
    }

    private static List<Map<String, Object>> rows(TestDatabase database, String table) {
        return database.query("SELECT id, v FROM " + table + " ORDER BY 1, 2");
    }

    @Test
    void tablesThatAreTruncatedTogetherWhileTheyAreWrittenEndEqual() throws Exception {
        create("trunc_parent", "id int PRIMARY KEY, v text");
        create("trunc_child", "id int PRIMARY KEY, v int REFERENCES trunc_parent");
        source.execute("INSERT INTO trunc_parent SELECT i, 'seed' FROM generate_series(1, 50) i;"
                + " INSERT INTO trunc_child SELECT i, i FROM generate_series(1, 50) i");
        try (var connector = capture("trunc_", Map.of())) {
            awaitEqual("trunc_parent", "trunc_child");
            var stop = new AtomicBoolean();
            var writers = List.of(writer(1, stop), writer(2, stop));
            for (var round = 0; round < 4; round++) {
                var seen = source.count("trunc_parent");
                await().atMost(PATIENCE).until(() -> source.count("trunc_parent") > seen);
                var id = -10 * (round + 1);
                source.execute("BEGIN; LOCK TABLE trunc_child, trunc_parent; INSERT INTO trunc_parent VALUES (" + id
                        + ", 'before');"
                        + " TRUNCATE trunc_parent CASCADE; INSERT INTO trunc_parent VALUES (" + id + ", 'after'), ("
                        + (id - 1) + ", 'after'); INSERT INTO trunc_child VALUES (" + id + ", " + id + "); COMMIT");
                if (round == 1) {
                    connector.snapshotAgain();
                }
            }
            stop.set(true);
            for (var writer : writers) {
                writer.get();
            }
            awaitEqual("trunc_parent", "trunc_child");
        }
        assertThat(sink.count("_cdc.truncates WHERE table_name LIKE 'trunc\\_%'"))
                .isEqualTo(2);
        assertThat(sink.count("_cdc.parked WHERE topic LIKE 'shop.public.trunc\\_%'"))
                .isZero();
    }

    @Test
    void aTableThatWasEmptiedUnseenIsSweptAndWhatWasInFlightStays() throws Exception {
        create("empt_full", "id int PRIMARY KEY, v text");
        create("empt_emptied", "id int PRIMARY KEY, v text");
        source.execute("INSERT INTO empt_full VALUES (1, 'a'); INSERT INTO empt_emptied VALUES (1, 'a')");
        try (var connector = capture("empt_", Map.of());
                var inFlight = source.connect();
                var statement = inFlight.createStatement()) {
            awaitEqual("empt_full", "empt_emptied");
            source.execute("INSERT INTO empt_emptied SELECT i, 'b' FROM generate_series(2, 9) i");
            awaitEqual("empt_emptied");
            inFlight.setAutoCommit(false);
            connector.snapshotAgain(() -> {
                source.execute("DELETE FROM empt_emptied");
                try {
                    statement.execute("INSERT INTO empt_emptied VALUES (99, 'in flight')");
                } catch (java.sql.SQLException e) {
                    throw new AssertionError(e);
                }
            });
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(sink.count("empt_emptied")).isZero());
            inFlight.commit();
            awaitEqual("empt_full", "empt_emptied");
        }
        assertThat(sink.count("empt_emptied")).isEqualTo(1);
    }

    @Test
    void anIncrementalSnapshotBesideWritersMendsRowsAndTakesNoneBack() throws Exception {
        create("incr_rows", "id int PRIMARY KEY, v bigint");
        source.runFile("connector/signal-table.sql");
        source.execute("INSERT INTO incr_rows SELECT i, 0 FROM generate_series(1, 2000) i");
        try (var connector = capture("incr_", SIGNALS)) {
            awaitEqual("incr_rows");
            // Whatever the reason: rows that are wrong, missing or too many at the sink.
            sink.execute(
                    "UPDATE incr_rows SET v = -1 WHERE id BETWEEN 1901 AND 1950; DELETE FROM incr_rows WHERE id > 1950");
            var stop = new AtomicBoolean();
            var writer = changes(stop);
            var watch = watch(stop);
            readAgain("incr_rows");
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(sink.count("incr_rows WHERE id > 1900 AND v >= 0"))
                            .isEqualTo(100));
            stop.set(true);
            writer.get();
            awaitEqual("incr_rows");
            watch.get();

            connector.snapshotAgain(() -> source.execute("DELETE FROM incr_rows WHERE id % 3 = 0"));
            awaitEqual("incr_rows");
        }
        assertThat(sink.count("_cdc.parked WHERE topic LIKE 'shop.public.incr\\_%'"))
                .isZero();
    }

    /** Its event is sent before the mark, and the reading behind the mark does not see it. */
    @Test
    void anIncrementalSnapshotWaitsForACommitThatIsLoggedAndNotSeenYet() throws Exception {
        create("unseen_rows", "id int PRIMARY KEY, v int");
        source.runFile("connector/signal-table.sql");
        source.execute("INSERT INTO unseen_rows VALUES (1, 0), (2, 0); ALTER DATABASE \"" + source.name()
                + "\" SET synchronous_commit = local");
        try (var connector = capture("unseen_", SIGNALS)) {
            awaitEqual("unseen_rows");
            var before = sink.value("SELECT _cdc_lsn FROM unseen_rows WHERE id = 2");
            var stop = new AtomicBoolean();
            // Until one of them waits for a standby that never comes.
            var updates = CompletableFuture.runAsync(() -> {
                while (!stop.get()) {
                    source.execute("SET synchronous_commit = on; UPDATE unseen_rows SET v = v + 1 WHERE id = 1");
                }
            });
            source.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
            try {
                source.query("SELECT pg_reload_conf()");
                await().atMost(PATIENCE)
                        .until(() -> source.count("pg_stat_activity WHERE wait_event = 'SyncRep' AND datname = '"
                                        + source.name() + "'")
                                > 0);
                readAgain("unseen_rows");
                await().atMost(PATIENCE)
                        .until(() -> source.count("cdc_signal WHERE type = 'snapshot-window-close'")
                                        + source.count(
                                                "pg_stat_activity WHERE usename = 'cdc_replicator' AND datname = '"
                                                        + source.name() + "' AND wait_event IN ('relation', 'PgSleep')")
                                > 0);
            } finally {
                stop.set(true);
                source.execute("ALTER SYSTEM RESET synchronous_standby_names");
                source.query("SELECT pg_reload_conf()");
            }
            updates.get();
            await().atMost(PATIENCE)
                    .until(() -> !before.equals(sink.value("SELECT _cdc_lsn FROM unseen_rows WHERE id = 2")));

            assertThat(differences("unseen_rows")).isEmpty();
        }
    }

    @Test
    void aTableWithoutKeyIsReplacedByAReSnapshot() {
        create("keyless", "id int, v text");
        source.execute("INSERT INTO keyless VALUES (1, 'twin'), (1, 'twin'), (2, 'b'), (3, 'c')");
        try (var connector = capture("keyless", Map.of())) {
            awaitEqual("keyless");
            source.execute("INSERT INTO keyless VALUES (2, 'b'), (NULL, NULL)");
            awaitEqual("keyless");
            source.execute("ALTER TABLE keyless REPLICA IDENTITY FULL");
            connector.snapshotAgain(
                    () -> source.execute(
                            "DELETE FROM keyless WHERE id = 3; UPDATE keyless SET v = 'x'"
                                    + " WHERE ctid = (SELECT min(ctid) FROM keyless WHERE id = 1); INSERT INTO keyless VALUES (2, 'b')"));
            awaitEqual("keyless");

            source.execute("DELETE FROM keyless WHERE id = 1; INSERT INTO keyless VALUES (9, 'end')");
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(sink.count("keyless WHERE id = 9")).isEqualTo(1));
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(sink.count("_cdc.parked WHERE topic = 'shop.public.keyless'"
                                    + " AND reason LIKE '%which has no key%'"))
                            .isEqualTo(2));
        }
    }

    /** Each row's value only grows, and a row that is deleted never comes back. */
    private CompletableFuture<Void> changes(AtomicBoolean stop) {
        var random = new Random(1);
        return CompletableFuture.runAsync(() -> {
            for (var i = 1; !stop.get(); i++) {
                source.execute("UPDATE incr_rows SET v = " + i + " WHERE id = " + (1 + random.nextInt(1900))
                        + "; DELETE FROM incr_rows WHERE id = " + (1 + random.nextInt(1900)));
            }
        });
    }

    private CompletableFuture<Void> watch(AtomicBoolean stop) {
        return CompletableFuture.runAsync(() -> {
            var known = new java.util.HashMap<Object, Long>();
            var gone = new java.util.HashSet<Object>();
            while (!stop.get()) {
                var now = new java.util.HashMap<Object, Long>();
                sink.query("SELECT id, v FROM incr_rows WHERE id <= 1900")
                        .forEach(row -> now.put(row.get("id"), ((Number) row.get("v")).longValue()));
                now.forEach((id, value) ->
                        assertThat(value).as("row %s", id).isGreaterThanOrEqualTo(known.getOrDefault(id, 0L)));
                assertThat(gone).as("deleted rows").noneMatch(now::containsKey);
                known.keySet().stream().filter(id -> !now.containsKey(id)).forEach(gone::add);
                known.clear();
                known.putAll(now);
            }
        });
    }

    /** Locks the tables in the order in which a snapshot reads them, else one of the two, or who truncates, ends in a deadlock. */
    private CompletableFuture<Void> writer(int number, AtomicBoolean stop) {
        var random = new Random(number);
        return CompletableFuture.runAsync(() -> {
            while (!stop.get()) {
                var id = random.nextInt(60) * 2 + number;
                source.execute("BEGIN; LOCK TABLE trunc_child IN ROW EXCLUSIVE MODE; INSERT INTO trunc_parent VALUES ("
                        + id + ", 'w') ON CONFLICT (id) DO UPDATE SET v = '"
                        + random.nextInt() + "'; INSERT INTO trunc_child SELECT id, id FROM trunc_parent WHERE id = "
                        + id
                        + " ON CONFLICT DO NOTHING; DELETE FROM trunc_child WHERE id = " + random.nextInt(120)
                        + "; COMMIT");
            }
        });
    }
}
