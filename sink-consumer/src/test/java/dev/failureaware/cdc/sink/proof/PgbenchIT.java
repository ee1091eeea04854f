package dev.failureaware.cdc.sink.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.failureaware.cdc.test.ConnectProcess;
import dev.failureaware.cdc.test.TestConnector;
import dev.failureaware.cdc.test.TestKafka;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The tables and the work of pgbench, through the real connector, which is killed in the middle. */
class PgbenchIT {
    private static final String QUICK_RECOVERY = "producer.override.transaction.timeout.ms";
    private static ConnectProcess worker;

    private final String kafka = TestKafka.bootstrapServers();

    @BeforeAll
    static void start() {
        worker = ConnectProcess.start(TestKafka.bootstrapServers(), Map.of());
    }

    @AfterAll
    static void end() {
        worker.close();
    }

    private static final List<String> PGBENCH = List.of(
            "public.pgbench_accounts", "public.pgbench_branches", "public.pgbench_tellers", "public.pgbench_history");

    /** The schema of {@code pgbench -i}; its keys come after the rows, and its history has none. */
    private static final String PGBENCH_SCHEMA = """
            CREATE TABLE pgbench_history (tid int, bid int, aid int, delta int, mtime timestamp, filler char(22));
            CREATE TABLE pgbench_tellers (tid int NOT NULL, bid int, tbalance int, filler char(84)) WITH (fillfactor = 100);
            CREATE TABLE pgbench_accounts (aid int NOT NULL, bid int, abalance int, filler char(84)) WITH (fillfactor = 100);
            CREATE TABLE pgbench_branches (bid int NOT NULL, bbalance int, filler char(88)) WITH (fillfactor = 100);
            INSERT INTO pgbench_branches (bid, bbalance) VALUES (1, 0);
            INSERT INTO pgbench_tellers (tid, bid, tbalance) SELECT g, 1, 0 FROM generate_series(1, 10) g;
            INSERT INTO pgbench_accounts (aid, bid, abalance, filler) SELECT g, 1, 0, '' FROM generate_series(1, %d) g;
            ALTER TABLE pgbench_branches ADD PRIMARY KEY (bid);
            ALTER TABLE pgbench_tellers ADD PRIMARY KEY (tid);
            ALTER TABLE pgbench_accounts ADD PRIMARY KEY (aid);
            """;

    @Test
    void pgbench() throws Exception {
        var accounts = Integer.getInteger("pgbench.accounts", 5000);
        var clients = 4;
        var transactions = Integer.getInteger("pgbench.transactions", 250);
        try (var databases = new SourceAndSink();
                var sink = SinkProcess.start(databases.sink, kafka, "pgbench")) {
            databases.create(PGBENCH_SCHEMA.formatted(accounts), PGBENCH);
            try (var connector = TestConnector.deploy(
                    worker, databases.source, "pgbench", "public\\.pgbench_.*", Map.of(QUICK_RECOVERY, "20000"))) {
                databases.awaitEqual(
                        PGBENCH.subList(0, 3), () -> assertThat(sink.isAlive()).isTrue());
                var halfway = new AtomicInteger(clients * transactions / 2);
                var work = new ArrayList<Callable<Void>>();
                for (var client = 0; client < clients; client++) {
                    var random = new Random(client);
                    work.add(() -> {
                        try (var connection = databases.source.connect()) {
                            for (var i = 0; i < transactions; i++) {
                                likeTpcB(connection, random, accounts);
                                if (halfway.decrementAndGet() == 0) {
                                    worker.kill();
                                }
                            }
                        }
                        return null;
                    });
                }
                run(work);
                worker.startAgain();
                connector.awaitRunningAgain();

                databases.awaitEqual(PGBENCH, () -> assertThat(sink.isAlive()).isTrue());
                assertThat(databases.sink.count("pgbench_history")).isEqualTo((long) clients * transactions);
                assertThat(databases.sink.value("SELECT sum(abalance) FROM pgbench_accounts"))
                        .isEqualTo(databases.sink.value("SELECT sum(delta) FROM pgbench_history"));
                assertThat(databases.parked()).isZero();
            }
        }
    }

    /** The built-in transaction of pgbench. */
    private static void likeTpcB(Connection connection, Random random, int accounts) throws SQLException {
        var aid = 1 + random.nextInt(accounts);
        var tid = 1 + random.nextInt(10);
        var delta = random.nextInt(10001) - 5000;
        connection.setAutoCommit(false);
        try (var statement = connection.createStatement()) {
            statement.execute("UPDATE pgbench_accounts SET abalance = abalance + " + delta + " WHERE aid = " + aid);
            statement.execute("SELECT abalance FROM pgbench_accounts WHERE aid = " + aid);
            statement.execute("UPDATE pgbench_tellers SET tbalance = tbalance + " + delta + " WHERE tid = " + tid);
            statement.execute("UPDATE pgbench_branches SET bbalance = bbalance + " + delta + " WHERE bid = 1");
            statement.execute("INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (" + tid + ", 1, " + aid
                    + ", " + delta + ", CURRENT_TIMESTAMP)");
        }
        connection.commit();
    }

    private static void run(List<Callable<Void>> work) throws InterruptedException, ExecutionException {
        var threads = Executors.newFixedThreadPool(work.size());
        try {
            for (var done : threads.invokeAll(work)) {
                done.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
