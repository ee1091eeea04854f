package dev.failureaware.cdc.benchmarks;

import dev.failureaware.cdc.stack.Folders;
import dev.failureaware.cdc.stack.Running;
import dev.failureaware.cdc.stack.Workbench;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * The servers of a run: one PostgreSQL, which holds the source database and the sink's, and one broker. Everything lies in a
 * temporary folder, which {@link #close()} removes.
 */
final class TestBed implements AutoCloseable {
    static final String SOURCE = "source";
    static final String SINK = "sink";
    /** Owns the sink database, and no more than that. */
    static final String SINK_ROLE = "bench_sink";

    /** fsync and synchronous_commit are on, as PostgreSQL has them. */
    static final Map<String, String> POSTGRES = new LinkedHashMap<>(Map.of(
            "shared_buffers", "512MB",
            "max_wal_size", "16GB",
            "min_wal_size", "1GB",
            "checkpoint_timeout", "30min",
            "track_commit_timestamp", "on",
            "fsync", "on",
            "synchronous_commit", "on",
            "wal_level", "logical",
            "max_slot_wal_keep_size", "-1",
            "max_connections", "100"));

    static final int KAFKA_HEAP_MEGABYTES = 512;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static volatile boolean ending;

    final Workbench workbench;
    final Running postgres;
    final Running kafka;
    final Admin admin;
    private final Path folder;

    private TestBed(Workbench workbench, Path folder, Running postgres, Running kafka) {
        this.workbench = workbench;
        this.folder = folder;
        this.postgres = postgres;
        this.kafka = kafka;
        this.admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.address()));
    }

    static TestBed start(Options options) throws IOException, InterruptedException, SQLException {
        Files.createDirectories(options.folder());
        // Others may pass through: where root starts the servers, they run as somebody else.
        var folder = Files.createTempDirectory(
                options.folder(),
                "bench-sink-",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x")));
        var workbench = Workbench.in(options.home(), folder, options.firstPort());
        // Runs on Ctrl-C too. Both ends are harmless twice.
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            ending = true;
                            end(workbench, folder);
                        },
                        "clean-up"));
        var postgres = workbench.postgres(POSTGRES);
        var kafka = workbench.kafka(KAFKA_HEAP_MEGABYTES);
        postgres.awaitReady(PATIENCE);
        kafka.awaitReady(PATIENCE);
        var bed = new TestBed(workbench, folder, postgres, kafka);
        bed.createDatabases();
        return bed;
    }

    private void createDatabases() throws SQLException {
        execute("postgres", "CREATE ROLE " + SINK_ROLE + " LOGIN PASSWORD '" + workbench.password() + "'");
        execute("postgres", "CREATE DATABASE " + SOURCE);
        execute(SOURCE, Workload.FUNCTIONS);
    }

    /** Drops the sink database with all that a sink has left in it. The table is made where the sink does not do so. */
    void freshSink(Optional<Table> table) throws SQLException {
        execute("postgres", "DROP DATABASE IF EXISTS " + SINK + " WITH (FORCE)");
        execute("postgres", "CREATE DATABASE " + SINK + " OWNER " + SINK_ROLE);
        if (table.isPresent()) {
            try (var connection = connect(SINK, SINK_ROLE);
                    var statement = connection.createStatement()) {
                statement.execute(table.get().ddl());
            }
        }
        checkpoint();
    }

    void checkpoint() throws SQLException {
        execute("postgres", "CHECKPOINT");
    }

    /** One statement outside of a transaction, as the superuser. */
    void execute(String database, String sql) throws SQLException {
        try (var connection = connect(database);
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    String value(String database, String sql) throws SQLException {
        try (var connection = connect(database);
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            return rows.next() ? rows.getString(1) : null;
        }
    }

    Connection connect(String database) throws SQLException {
        return connect(database, "postgres");
    }

    Connection connect(String database, String role) throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", role);
        properties.setProperty("password", workbench.password());
        properties.setProperty("ApplicationName", "bench-sink");
        properties.setProperty("connectTimeout", "10");
        return DriverManager.getConnection(jdbcUrl(database), properties);
    }

    String jdbcUrl(String database) {
        return "jdbc:postgresql://" + postgres.address() + "/" + database;
    }

    void createTopic(String name, int partitions, Map<String, String> settings) throws InterruptedException {
        try {
            admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1).configs(settings)))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            throw new BenchmarkException("topic " + name + ": " + e.getCause().getMessage(), e);
        }
    }

    /** Whether the process is on its way out. */
    static boolean isEnding() {
        return ending;
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(5));
        end(workbench, folder);
    }

    private static void end(Workbench workbench, Path folder) {
        workbench.close();
        try {
            Folders.delete(folder);
        } catch (IOException e) {
            System.err.println("warning: " + folder + " could not be removed: " + e.getMessage());
        }
    }
}
