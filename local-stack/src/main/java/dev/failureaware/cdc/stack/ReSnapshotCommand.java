package dev.failureaware.cdc.stack;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * The way out of a gap, for a pipeline in whatever state: what the failure {@code duplicate} does is only injected where both
 * sides are proven equal.
 */
@Command(
        name = "re-snapshot",
        description =
                "Makes the connector send every row again, in whatever state the pipeline is; nothing is written at the"
                        + " source. The sink removes rows that the snapshot does not hold.")
final class ReSnapshotCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    /** A slot that has lost its log is of no use, and in the way of a new one. */
    private static final String DROP_WHAT_IS_LOST = """
            SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots
            WHERE slot_name = 'cdc_slot' AND wal_status = 'lost' AND NOT active""";

    @Override
    public Integer call() throws InterruptedException, SQLException {
        var endpoints = Endpoints.of(Layout.of(System.getenv()));
        var connector = new Connector(endpoints.url(Part.CONNECT));
        connector.forgetOffsets(PATIENCE, () -> dropWhatIsLost(endpoints));
        connector.resume(PATIENCE);
        System.out.println("Every row is being sent again. make watch shows when both sides are proven equal.");
        return ExitCode.OK.code();
    }

    private static void dropWhatIsLost(Endpoints endpoints) throws SQLException {
        try (var source = endpoints.database(Part.SOURCE, Databases.REPLICATOR).connect(Databases.NAME);
                var statement = source.createStatement();
                var dropped = statement.executeQuery(DROP_WHAT_IS_LOST)) {
            if (dropped.next()) {
                System.out.println("The slot cdc_slot had lost its log and is dropped; the connector makes a new one.");
            }
        }
    }
}
