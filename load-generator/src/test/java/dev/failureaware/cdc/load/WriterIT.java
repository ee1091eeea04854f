package dev.failureaware.cdc.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.failureaware.cdc.load.CuttingProxy.Cut;
import dev.failureaware.cdc.test.TestDatabase;
import dev.failureaware.cdc.test.TestPostgres;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.mutiny.core.Vertx;
import io.vertx.mutiny.pgclient.PgBuilder;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.PoolOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A writer on the real source schema, step by step, entered as the application's role. */
class WriterIT {
    private static final Vertx VERTX = Vertx.vertx();
    private static final int CONNECTIONS = 4;

    @TempDir
    Path folder;

    private final TestDatabase source =
            TestPostgres.freshDatabase().withSourceSchema().withSourceSeed();
    private final Gate gate = new Gate();
    private Pool pool;
    private Ledger ledger;
    private Writer writer;
    private CuttingProxy proxy;

    @BeforeEach
    void writerThroughAProxy() throws IOException {
        var loader = source.as("cdc_loader");
        proxy = new CuttingProxy(loader.host(), loader.port());
        pool = PgBuilder.pool()
                .with(new PoolOptions().setMaxSize(CONNECTIONS))
                .connectingTo(new PgConnectOptions()
                        .setHost("127.0.0.1")
                        .setPort(proxy.port())
                        .setDatabase(loader.name())
                        .setUser(loader.user())
                        .setPassword(loader.password()))
                .using(VERTX)
                .build();
        ledger = new Ledger(folder.resolve("ledger.ndjson"), 100_000_000, 1, Clock.systemUTC());
        ledger.begin(1);
        writer = new Writer(
                gate,
                new Pace(5000, Duration.ofSeconds(1), 0),
                new Backoff(Duration.ofMillis(1), Duration.ofMillis(5)),
                new SourceDatabase(pool, Duration.ofSeconds(5)),
                new Planner(new SplittableRandom(42), "L1.0-"),
                ledger,
                new Tally(new SimpleMeterRegistry()),
                500,
                customer -> true);
    }

    @AfterEach
    void close() throws IOException {
        pool.closeAndAwait();
        proxy.close();
        ledger.close();
    }

    @AfterAll
    static void stopVertx() {
        VERTX.closeAndAwait();
    }

    @Test
    void theLedgersAcknowledgedEffectsAreTheTablesState() throws Exception {
        steps(600);

        var check = ledgerCheck().isComplete().agreesWith(source);
        assertThat(check.count("acknowledged")).isEqualTo(600);
        assertThat(check.kindsOf("acknowledged")).hasSize(Operation.values().length);
        assertThat(rowsNotInLedger(check)).isZero();
    }

    @Test
    void totalsAreTheSumsOfTheirItems() throws Exception {
        steps(300);

        assertThat(source.value("SELECT count(*) FROM orders o WHERE total IS DISTINCT FROM"
                        + " (SELECT sum(quantity * unit_price) FROM order_items WHERE order_id = o.id)"))
                .isEqualTo(0L);
    }

    @Test
    void aColumnAddedMeanwhileChangesNothing() throws Exception {
        steps(100);
        source.as("cdc_owner").execute("ALTER TABLE customers ADD COLUMN tier varchar(20) DEFAULT 'standard'");
        source.as("cdc_owner").execute("ALTER TABLE orders ADD COLUMN note text NOT NULL DEFAULT ''");

        steps(100);

        assertThat(ledgerCheck().isComplete().agreesWith(source).count("acknowledged"))
                .isEqualTo(200);
    }

    @ParameterizedTest
    @EnumSource
    void aConnectionLostAroundCommitLeavesTheOutcomeUnknown(Cut cut) throws Exception {
        steps(20);
        var before = committed();
        proxy.arm(cut);

        steps(1);

        assertThat(proxy.hasCut()).isTrue();
        assertThat(committed()).isEqualTo(cut == Cut.BEFORE_THE_ANSWER ? before + 1 : before);
        assertThat(ledgerCheck().count("unknown")).isEqualTo(1);
        assertThat(ledgerCheck().count("failed")).isZero();

        steps(100);

        assertThat(ledgerCheck().isComplete().agreesWith(source).count("acknowledged"))
                .isEqualTo(120);
    }

    @Test
    void aConnectionKilledBetweenTransactionsIsReplaced() throws Exception {
        steps(20);

        source.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                + " WHERE usename = 'cdc_loader' AND datname = current_database()");
        steps(100);

        var check = ledgerCheck().isComplete().agreesWith(source);
        assertThat(check.count("acknowledged"))
                .as("each connection that was killed costs one attempt at most")
                .isBetween(120L - CONNECTIONS, 120L);
    }

    @Test
    void rowsThatOthersDeletedOrChangedAreNoErrorOfTheLedger() throws Exception {
        steps(200);
        source.as("cdc_loader")
                .execute("DELETE FROM orders WHERE status <> 'cancelled'; DELETE FROM customers"
                        + " WHERE external_id LIKE '%7'; UPDATE customers SET email = 'other@example.com'");
        var known = folder.resolve("ledger.ndjson");

        steps(300);

        assertThat(LedgerCheck.of(known).isComplete().count("acknowledged")).isGreaterThan(450);
        assertThat(LedgerCheck.of(known).count("unknown")).isZero();
    }

    @Test
    void aStatementThatTheDatabaseRefusesIsFailedAndTheWriterGoesOn() throws Exception {
        steps(50);
        source.execute("REVOKE INSERT ON order_items FROM cdc_loader");
        steps(50);
        source.execute("GRANT INSERT ON order_items TO cdc_loader");

        steps(50);

        var check = ledgerCheck().isComplete().agreesWith(source);
        assertThat(check.kindsOf("failed")).containsOnly("order_created", "item_added");
        assertThat(check.count("unknown")).isZero();
        assertThat(check.count("acknowledged") + check.count("failed")).isEqualTo(150);
    }

    @Test
    void theRunIsOneMoreThanTheDatabaseHasSeen() throws Exception {
        var database = new SourceDatabase(pool, Duration.ofSeconds(5));
        assertThat(database.lastRun()).isZero();

        source.as("cdc_loader")
                .execute("INSERT INTO customers (external_id, email, full_name) VALUES ('L17.0-C5', '', '')");

        assertThat(database.lastRun()).isEqualTo(17);
    }

    private void steps(int count) throws InterruptedException {
        for (var i = 0; i < count; i++) {
            writer.step();
        }
    }

    /** Transactions that left a row behind: each writes with a transaction id of its own. */
    private long committed() {
        return (Long) source.value("SELECT count(DISTINCT xmin::text) FROM (SELECT xmin FROM customers"
                + " UNION ALL SELECT xmin FROM orders UNION ALL SELECT xmin FROM order_items) AS rows");
    }

    private LedgerCheck ledgerCheck() {
        return LedgerCheck.of(folder.resolve("ledger.ndjson"));
    }

    /** Rows that the seed did not make and the ledger does not name. */
    private long rowsNotInLedger(LedgerCheck check) {
        var named = check.expected("customers").keySet();
        return source.query("SELECT id::text AS id FROM customers WHERE external_id NOT LIKE 'SEED-%'").stream()
                .filter(row -> !named.contains((String) row.get("id")))
                .count();
    }
}
