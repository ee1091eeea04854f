package dev.failureaware.cdc.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.postgresql.PGConnection;

/** Roles, passwords, tables and first rows. Runs at every start and changes nothing that is there. */
final class Databases {
    static final String NAME = "shop";
    static final String OWNER = "cdc_owner";
    static final String REPLICATOR = "cdc_replicator";
    static final String LOADER = "cdc_loader";
    static final String VERIFIER = "cdc_verifier";
    static final String SINK = "cdc_sink";

    static final Map<Part, List<String>> ROLES = Map.of(
            Part.SOURCE, List.of(OWNER, REPLICATOR, LOADER, VERIFIER), //
            Part.SINK, List.of(SINK, VERIFIER));

    private final Layout layout;
    private final Secrets secrets;
    private final OwnParts own;

    Databases(Layout layout, Secrets secrets, OwnParts own) {
        this.layout = layout;
        this.secrets = secrets;
        this.own = own;
    }

    void setUpSource(int port) throws SQLException, IOException {
        createRoles(Part.SOURCE, port);
        run(as(Part.SOURCE, OWNER, port), "source/schema.sql");
        run(as(Part.SOURCE, LOADER, port), "source/seed.sql");
        if (own.sourceSql().isPresent()) {
            run(as(Part.SOURCE, OWNER, port), own.sourceSql().get().toString());
        }
    }

    void setUpSink(int port) throws SQLException, IOException {
        createRoles(Part.SINK, port);
        if (own.sinkSql().isPresent()) {
            run(as(Part.SINK, SINK, port), own.sinkSql().get().toString());
        }
    }

    private SqlAddress as(Part database, String role, int port) {
        return new SqlAddress(port, role, secrets.role(database, role));
    }

    private void createRoles(Part database, int port) throws SQLException, IOException {
        var superuser = new SqlAddress(port, "postgres", secrets.superuser(database));
        try (var connection = superuser.connect("postgres")) {
            createDatabase(connection);
        }
        run(superuser, database.label() + "/roles.sql");
        try (var connection = superuser.connect(NAME)) {
            for (var role : ROLES.get(database)) {
                var password = Secrets.read(secrets.role(database, role));
                // Hashed by the driver: the server never sees the password, and no log can hold it.
                connection.unwrap(PGConnection.class).alterUserPassword(role, password.toCharArray(), "scram-sha-256");
            }
        }
    }

    private static void createDatabase(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var found = statement.executeQuery("SELECT FROM pg_database WHERE datname = '" + NAME + "'")) {
            if (!found.next()) {
                statement.execute("CREATE DATABASE " + NAME);
            }
        }
    }

    /** The whole file in one transaction. */
    private void run(SqlAddress address, String file) throws SQLException, IOException {
        Path path = layout.sql(file);
        try (var connection = address.connect(NAME);
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.setEscapeProcessing(false);
            statement.execute(Files.readString(path));
            connection.commit();
        } catch (SQLException e) {
            throw new SQLException(file + ": " + e.getMessage(), e.getSQLState(), e);
        }
    }
}
