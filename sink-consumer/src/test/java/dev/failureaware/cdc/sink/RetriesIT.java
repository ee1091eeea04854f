package dev.failureaware.cdc.sink;

import static dev.failureaware.cdc.test.DebeziumType.INT8;
import static dev.failureaware.cdc.test.DebeziumType.TEXT;
import static io.restassured.RestAssured.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.failureaware.cdc.test.DebeziumEvent;
import dev.failureaware.cdc.test.DebeziumTable;
import dev.failureaware.cdc.test.TestDatabase;
import dev.failureaware.cdc.test.TestKafka;
import dev.failureaware.cdc.test.TestPostgres;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The sink's database fails in each way that passes. The consumer may go without a poll for four seconds only: a batch that is
 * tried for longer keeps its partitions all the same.
 */
@QuarkusTest
@TestProfile(RetriesIT.OneOwnPrefix.class)
@WithTestResource(RetriesIT.RoleWithoutPrivileges.class)
class RetriesIT {
    public static class OneOwnPrefix implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "sink.topic-prefix", "retries",
                    "mp.messaging.incoming.changes.group.id", "retries",
                    "mp.messaging.incoming.changes.max.poll.interval.ms", "4000",
                    "sink.retry-max", "500ms");
        }
    }

    /** A superuser is exempt from most limits. */
    public static class RoleWithoutPrivileges implements QuarkusTestResourceLifecycleManager {
        @Override
        public Map<String, String> start() {
            var database = TestPostgres.freshDatabase();
            var role = "role_of_" + database.name();
            database.execute("CREATE ROLE " + role + " LOGIN; GRANT CREATE ON DATABASE " + database.name() + " TO "
                    + role
                    + "; GRANT ALL ON SCHEMA public TO " + role + "; REVOKE CONNECT ON DATABASE " + database.name()
                    + " FROM PUBLIC; GRANT CONNECT ON DATABASE " + database.name() + " TO " + role);
            var door = Forwarder.freePort();
            return Map.of(
                    "quarkus.datasource.reactive.url",
                            database.reactiveUrl().replace(":" + database.port() + "/", ":" + door + "/"),
                    "test.server", database.host() + ":" + database.port(),
                    "quarkus.datasource.username", role,
                    "quarkus.datasource.password", database.password(),
                    "test.superuser", database.user(),
                    "kafka.bootstrap.servers", TestKafka.bootstrapServers());
        }

        @Override
        public void stop() {}
    }

    @Inject
    Pool pool;

    private final TestDatabase asRole = TestPostgres.ofDatasource("");
    private final TestDatabase sink = new TestDatabase(
            configured("test.server").split(":")[0],
            Integer.parseInt(configured("test.server").split(":")[1]),
            asRole.name(),
            configured("test.superuser"),
            asRole.password());
    private final Playground at = new Playground("retries");
    private final DebeziumTable table =
            DebeziumTable.named(at.name).key("id", INT8).nullable("a", TEXT);

    /** Through which the service comes to the database. */
    private static Forwarder door;

    private static void openDoor() {
        try {
            door = new Forwarder("127.0.0.1:" + TestPostgres.ofDatasource("").port(), configured("test.server"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void closeDoor() {
        try {
            door.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String configured(String name) {
        return ConfigProvider.getConfig().getValue(name, String.class);
    }

    @BeforeAll
    static void open() {
        openDoor();
    }

    @AfterAll
    static void shut() {
        closeDoor();
    }

    @BeforeEach
    void twoRows() {
        at.commit(0, row(1, "before"), row(2, "before"));
        awaitRows("1=before", "2=before");
    }

    @AfterEach
    void close() {
        at.close();
    }

    private DebeziumEvent row(long id, String a) {
        return table.insert(Map.of("id", id, "a", a));
    }

    /** By the superuser, because the role may be locked out. */
    private void awaitRows(String... rows) {
        await().atMost(Playground.PATIENCE)
                .ignoreException(IllegalStateException.class)
                .untilAsserted(() -> assertThat(
                                sink.query("SELECT id || '=' || a AS r FROM " + at.name + " ORDER BY id").stream()
                                        .map(row -> (String) row.get("r"))
                                        .toList())
                        .isEqualTo(List.of(rows)));
    }

    private void disconnect() {
        sink.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '" + asRole.user() + "'");
    }

    private void awaitTrouble(String words) {
        await().atMost(Playground.PATIENCE).untilAsserted(() -> {
            var health = get("/q/health/ready");
            assertThat(health.statusCode()).isEqualTo(503);
            assertThat(health.jsonPath().getString("checks.find { it.name == 'sink' }.data.reason"))
                    .contains(words);
        });
    }

    private static double transientFailures() {
        return get("/q/metrics")
                .asString()
                .lines()
                .filter(line -> line.startsWith("cdc_sink_failures_total{kind=\"transient\"}"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    /** The process has its partitions without a break if its member of the group is still the same one. */
    private static String member() {
        try (var admin = Admin.create(Map.<String, Object>of("bootstrap.servers", TestKafka.ofApplication()))) {
            return admin.describeConsumerGroups(List.of("retries")).all().get().get("retries").members().stream()
                    .map(member -> member.consumerId())
                    .toList()
                    .toString();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    /** What the reason says while the trouble lasts; then all is applied, by the same member, in health. */
    private void passes(String words, Runnable begin, Runnable end) {
        var member = member();
        var before = transientFailures();
        begin.run();
        at.commit(0, row(1, "after"), row(2, "after"));
        at.commit(1, row(3, "after"));
        awaitTrouble(words);
        // Longer than a consumer may go without a poll.
        await().atMost(Playground.PATIENCE).until(() -> transientFailures() >= before + 10);
        end.run();

        awaitRows("1=after", "2=after", "3=after");
        await().atMost(Playground.PATIENCE).until(() -> get("/q/health/ready").statusCode() == 200);
        assertThat(member()).isEqualTo(member);
        assertThat(sink.count("_cdc.parked")).isZero();
    }

    /** Of the role's next connections. */
    private void setting(String change) {
        sink.execute("ALTER ROLE " + asRole.user() + " IN DATABASE " + sink.name() + " " + change);
        disconnect();
    }

    @Test
    void tooManyConnections() {
        passes(
                "too many connections",
                () -> {
                    sink.execute("ALTER ROLE " + asRole.user() + " CONNECTION LIMIT 0");
                    disconnect();
                },
                () -> sink.execute("ALTER ROLE " + asRole.user() + " CONNECTION LIMIT -1"));
    }

    @Test
    void nobodyAnswersAtTheAddress() {
        passes(
                "Connection refused",
                () -> {
                    closeDoor();
                    disconnect();
                },
                RetriesIT::openDoor);
    }

    @Test
    void noLeaveToConnect() {
        passes(
                "permission denied for database",
                () -> {
                    sink.execute("REVOKE CONNECT ON DATABASE " + sink.name() + " FROM " + asRole.user());
                    disconnect();
                },
                () -> sink.execute("GRANT CONNECT ON DATABASE " + sink.name() + " TO " + asRole.user()));
    }

    @Test
    void statementTimeout() throws SQLException {
        try (var other = holdingRow(2)) {
            passes("statement timeout", () -> setting("SET statement_timeout = '200ms'"), () -> {
                rollback(other);
                setting("RESET statement_timeout");
            });
        }
    }

    @Test
    void lockTimeout() throws SQLException {
        try (var other = holdingRow(2)) {
            passes("lock timeout", () -> setting("SET lock_timeout = '200ms'"), () -> {
                rollback(other);
                setting("RESET lock_timeout");
            });
        }
    }

    /** So that a process which freezes holds its locks for no longer; that this helps is shown by ReplicasIT. */
    @Test
    void theServerEndsTransactionsThatAreLeftOpen() {
        assertThat(pool.query("SHOW idle_in_transaction_session_timeout")
                        .execute()
                        .await()
                        .indefinitely()
                        .iterator()
                        .next()
                        .getString(0))
                .isEqualTo("1min");
    }

    @Test
    void deadlock() throws SQLException {
        setting("RESET ALL");
        var before = deadlocks();
        try (var other = holdingRow(2);
                var statement = other.createStatement()) {
            statement.execute("SET deadlock_timeout = '60s'"); // So that the sink is the one that looks, and gives way.
            sendAsOneBatch(row(1, "after"), row(2, "after"));
            await().atMost(Playground.PATIENCE).until(() -> sink.count(at.name + " WHERE id = 9") == 1);
            awaitLockedOut();
            statement.execute("UPDATE " + at.name + " SET a = 'by the other' WHERE id = 1");
            other.commit();
        }

        awaitRows("1=after", "2=after", "9=ahead");
        await().atMost(Playground.PATIENCE).until(() -> deadlocks() > before);
    }

    /** They are in Kafka, and read, while the batch before them has to wait. */
    private void sendAsOneBatch(DebeziumEvent... events) throws SQLException {
        try (var other = sink.connect()) {
            other.setAutoCommit(false);
            other.createStatement()
                    .execute("SELECT FROM _cdc.offsets WHERE topic = '" + at.topic + "' AND partition = 0 FOR UPDATE");
            at.commit(0, row(9, "ahead"));
            awaitLockedOut();
            at.commit(0, events);
            await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
            other.rollback();
        }
    }

    private void awaitLockedOut() {
        await().atMost(Playground.PATIENCE)
                .until(() -> sink.count(
                                "pg_stat_activity WHERE usename = '" + asRole.user() + "' AND wait_event_type = 'Lock'")
                        > 0);
    }

    private long deadlocks() {
        return (Long) sink.value("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()");
    }

    @Test
    void serializationFailure() throws SQLException {
        setting("SET default_transaction_isolation = 'repeatable read'");
        var before = transientFailures();
        try (var other = holdingRow(2);
                var statement = other.createStatement()) {
            at.commit(0, row(1, "after"), row(2, "after"));
            awaitLockedOut();
            statement.execute("UPDATE " + at.name + " SET a = 'by the other' WHERE id = 2");
            other.commit();
        }

        awaitRows("1=after", "2=after");
        assertThat(transientFailures()).isGreaterThan(before);
        setting("RESET default_transaction_isolation");
    }

    /** A server whose process dies restarts all of itself, and lets nobody in until it has recovered. */
    @Test
    void theServerCrashesAndRecovers() {
        var victim = ProcessHandle.of(
                ((Number) sink.value("SELECT min(pid) FROM pg_stat_activity WHERE usename = '" + asRole.user() + "'"))
                        .longValue());
        assumeThat(victim).as("the server runs on this machine").isPresent();
        var before = sink.value("SELECT pg_postmaster_start_time()::text || ' ' || min(backend_start) FROM"
                + " pg_stat_activity WHERE backend_type = 'checkpointer'");

        assertThat(victim.get().destroyForcibly()).isTrue();
        at.commit(0, row(1, "after"), row(2, "after"));

        awaitRows("1=after", "2=after");
        assertThat(sink.value("SELECT pg_postmaster_start_time()::text || ' ' || min(backend_start) FROM"
                        + " pg_stat_activity WHERE backend_type = 'checkpointer'"))
                .isNotEqualTo(before);
    }

    /** Holds the row's lock; the sink's batch has to wait for it. */
    private Connection holdingRow(long id) throws SQLException {
        var connection = sink.connect();
        connection.setAutoCommit(false);
        connection.createStatement().execute("UPDATE " + at.name + " SET a = a WHERE id = " + id);
        return connection;
    }

    private static void rollback(Connection connection) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
