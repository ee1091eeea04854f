package dev.failureaware.cdc.stack;

import java.io.IOException;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "connector-status", description = "The Debezium connector, its task and its replication slot.")
final class ConnectorStatusCommand implements Callable<Integer> {
    private static final String SLOT = """
            SELECT slot_name AS slot, plugin, active, wal_status, confirmed_flush_lsn,
                   pg_size_pretty(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)) AS wal_kept
            FROM pg_replication_slots""";

    @Override
    public Integer call() throws SQLException {
        var endpoints = Endpoints.of(Layout.of(System.getenv()));
        var healthy = false;
        try {
            var status = new Connector(endpoints.url(Part.CONNECT)).status();
            System.out.println(status.text() + status.trace());
            healthy = status.running();
        } catch (IOException e) {
            System.out.println("Connect does not answer: " + e.getMessage());
        }
        try (var connection =
                endpoints.database(Part.SOURCE, Databases.VERIFIER).connect(Databases.NAME)) {
            new SqlShell(connection, System.out, "").execute(SLOT);
        }
        return healthy ? ExitCode.OK.code() : ExitCode.VERDICT.code();
    }
}
