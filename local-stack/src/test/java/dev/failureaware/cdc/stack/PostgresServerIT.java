package dev.failureaware.cdc.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real server, started, killed and held through the code that the stack uses. */
class PostgresServerIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(3);
    private Layout layout;
    private PidRegistry registry;
    private PostgresServer server;
    private ManagedProcess process;

    @BeforeEach
    void startServer() throws Exception {
        layout = new Layout(folder, folder.resolve("state"));
        StateFolder.prepare(layout);
        var secrets = new Secrets(layout.secrets());
        secrets.create();
        var user = ServerUser.of(layout);
        StateFolder.handOver(layout, user);
        var launcher = new Launcher(layout, user);
        registry = PidRegistry.load(layout.processes());
        server = new PostgresServer(
                Part.SOURCE,
                layout,
                PostgresBinaries.unpack(layout.state()),
                secrets.superuser(Part.SOURCE),
                freePort());
        server.initialise(launcher);
        process = new ManagedProcess(server.spec(), launcher, registry, timer, layout);
        process.start();
        process.awaitReady(PATIENCE);
    }

    @AfterEach
    void stopServer() {
        process.shutDown();
        timer.shutdownNow();
    }

    @Test
    void aKilledServerComesBackWithEveryCommittedRow() throws Exception {
        execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n");
        // Given a backend that is busy while its server dies, so that it outlives it
        var busy = timer.submit(() -> {
            execute("SELECT sum(n) FROM generate_series(1, 2000000000) AS n");
            return null;
        });
        var before = process.view().identity();

        process.kill();

        await().atMost(PATIENCE)
                .until(() -> process.view().state() == ManagedProcess.State.RUNNING
                        && !process.view().identity().equals(before));
        assertThat(query("SELECT count(*) FROM kept")).isEqualTo("1000");
        assertThat(process.view().restarts()).isEqualTo(1);
        assertThat(registry.processes())
                .containsEntry(Part.SOURCE, process.view().identity());
        busy.cancel(true);
    }

    @Test
    void aStoppedServerStaysDownUntilItIsStarted() throws Exception {
        process.stop();

        assertThat(process.view().state()).isEqualTo(ManagedProcess.State.HELD);
        assertThat(process.kill()).isEmpty();
        assertThat(registry.processes()).isEmpty();

        process.start();
        process.awaitReady(PATIENCE);
        assertThat(process.view().restarts()).isZero();
    }

    @Test
    void whatAKilledSupervisorLeftIsEndedByItsRecord() {
        var left = process.view().identity();

        new Leftovers(layout).end(line -> {});

        assertThat(left.isAlive()).isFalse();
        assertThat(LinuxProcesses.workingIn(layout.data(Part.SOURCE))).isEmpty();
    }

    @Test
    void commitsAreDurableAndTheWalOfAnIdleSlotIsBounded() throws Exception {
        assertThat(query("SHOW fsync")).isEqualTo("on");
        assertThat(query("SHOW wal_level")).isEqualTo("logical");
        assertThat(query("SHOW max_slot_wal_keep_size")).isEqualTo(PostgresServer.WAL_KEPT_FOR_A_SLOT);
        assertThat(query("SHOW listen_addresses")).isEqualTo("127.0.0.1");
    }

    @Test
    void noPasswordIsInTheLogOrOnTheCommandLine() throws Exception {
        var password = Secrets.read(layout.secrets().resolve("source/postgres"));

        assertThat(Files.readString(layout.log(Part.SOURCE))).doesNotContain(password);
        assertThat(server.spec().command()).noneMatch(word -> word.contains(password));
        assertThat(server.spec().environment()).isEqualTo(Map.of("LC_ALL", "C"));
    }

    private void execute(String sql) throws Exception {
        try (var connection = server.address().connect("postgres");
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private String query(String sql) throws Exception {
        try (var connection = server.address().connect("postgres");
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    static int freePort() throws Exception {
        try (var socket = new ServerSocket(0, 1, InetAddress.getByName(Port.HOST))) {
            return socket.getLocalPort();
        }
    }
}
