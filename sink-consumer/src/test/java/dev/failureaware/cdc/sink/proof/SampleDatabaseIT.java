package dev.failureaware.cdc.sink.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.failureaware.cdc.test.ConnectProcess;
import dev.failureaware.cdc.test.TestConnector;
import dev.failureaware.cdc.test.TestKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A database that was not made for this pipeline, through the real connector without exactly-once delivery, which is killed in
 * the middle of the work, again and again, and sends again what it had sent before.
 */
class SampleDatabaseIT {
    private static ConnectProcess worker;

    private final String kafka = TestKafka.bootstrapServers();

    @BeforeAll
    static void start() {
        worker = ConnectProcess.start(
                TestKafka.bootstrapServers(),
                // The longer until a flush, the more is sent again after a kill.
                Map.of("exactly.once.source.support", "disabled", "offset.flush.interval.ms", "60000"));
    }

    @AfterAll
    static void end() {
        worker.close();
    }

    private static final List<String> HARBOUR = List.of(
            "yard.vessel",
            "yard.berth",
            "yard.visit",
            "yard.crew",
            "yard.officer",
            "ledger.\"Invoice\"",
            "ledger.invoice_line",
            "ledger.movement",
            "ledger.rate");

    private static final int KILLS = 2;
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    /** In the same transaction, so that a connector that is killed at the sight of its first events is in the middle of it. */
    private static final String MUCH_WORK =
            "; INSERT INTO ledger.movement SELECT %1$d000000 + g, date '%1$d-02-01', g, 'much' FROM generate_series(1, 8000) g";

    /** Schemas, enums, domains, arrays, generated columns, views, partitions, inheritance, composite and text keys, triggers. */
    @Test
    void aSampleDatabaseWithAllThatPeopleUse() throws Exception {
        try (var databases = new SourceAndSink();
                var sink = SinkProcess.start(databases.sink, kafka, "harbour")) {
            databases.create(sql("harbour-schema.sql"), HARBOUR);
            // One topic for a table, not one for each of its partitions; and generated columns as in the snapshot.
            databases.source.execute("ALTER PUBLICATION cdc_publication SET (publish_via_partition_root = true,"
                    + " publish_generated_columns = stored)");
            try (var connector = TestConnector.deploy(
                    worker,
                    databases.source,
                    "harbour",
                    String.join(",", HARBOUR).replace("\"", "").replace(".", "\\."),
                    Map.of(
                            "exactly.once.support",
                            "requested",
                            // Else a snapshot of the parent holds the rows of the child too.
                            "snapshot.select.statement.overrides",
                            "yard.crew",
                            "snapshot.select.statement.overrides.yard.crew",
                            "SELECT * FROM ONLY yard.crew"))) {
                databases.awaitEqual(HARBOUR, () -> assertThat(sink.isAlive()).isTrue());
                for (var year = 2031; year < 2031 + KILLS; year++) {
                    var seen = applied(databases);
                    databases.source.execute(sql("harbour-work.sql").replace("2031", Integer.toString(year))
                            + MUCH_WORK.formatted(year));
                    // In the middle: some of it was sent, and the connector does not remember that.
                    await().atMost(PATIENCE).until(() -> applied(databases) > seen);
                    worker.kill();
                    worker.startAgain();
                    connector.awaitRunningAgain();
                }

                databases.awaitEqual(HARBOUR, () -> assertThat(sink.isAlive()).isTrue());
                assertThat(databases.absorbed()).as("events sent again").isPositive();
                assertThat(databases.parked()).isZero();
            }
        }
    }

    private static long applied(SourceAndSink databases) {
        return ((Number) databases.sink.value("SELECT sum(next_offset) FROM _cdc.offsets")).longValue();
    }

    private String sql(String name) throws IOException {
        return Files.readString(Path.of("src", "test", "resources", name));
    }
}
