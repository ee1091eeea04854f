package dev.failureaware.cdc.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One PostgreSQL server: data folder, settings, and what has to be cleaned after a kill. */
final class PostgresServer {
    /** The source keeps at most this much WAL for a slot that does not move; then the slot is lost, not the disk. */
    static final String WAL_KEPT_FOR_A_SLOT = "4GB";

    /** Backends notice within moments that their server is gone, unless a long statement keeps them busy. */
    private static final Duration BACKENDS_LEAVE_WITHIN = Duration.ofSeconds(5);

    private final Part part;
    private final Layout layout;
    private final PostgresBinaries binaries;
    private final Path superuserPassword;
    private final int port;
    private final Map<String, String> changed;

    PostgresServer(Part part, Layout layout, PostgresBinaries binaries, Path superuserPassword, int port) {
        this(part, layout, binaries, superuserPassword, port, Map.of());
    }

    /** @param changed settings in place of the stack's, or beside them */
    PostgresServer(
            Part part,
            Layout layout,
            PostgresBinaries binaries,
            Path superuserPassword,
            int port,
            Map<String, String> changed) {
        this.part = part;
        this.layout = layout;
        this.binaries = binaries;
        this.superuserPassword = superuserPassword;
        this.port = port;
        this.changed = Map.copyOf(changed);
    }

    SqlAddress address() {
        return new SqlAddress(port, "postgres", superuserPassword);
    }

    /** Makes the data folder unless there is one. A folder of that name is always complete. */
    void initialise(Launcher launcher) throws IOException, InterruptedException {
        var data = layout.data(part);
        if (Files.isDirectory(data)) {
            return;
        }
        var partial = data.resolveSibling(part.label() + ".partial");
        Folders.delete(partial);
        var command = new ArrayList<>(List.of(
                binaries.program("initdb").toString(),
                "--pgdata=" + partial,
                "--username=postgres",
                "--pwfile=" + superuserPassword,
                "--auth-host=scram-sha-256",
                "--auth-local=scram-sha-256",
                "--encoding=UTF8",
                // The same sort order and case rules on every machine: nothing is asked of its locales.
                "--locale=C"));
        if (binaries.bundled()) {
            command.addAll(List.of("--locale-provider=builtin", "--builtin-locale=C.UTF-8"));
        }
        launcher.run("initdb", command, Map.of(), layout.log(part));
        Files.move(partial, data);
    }

    ProcessSpec spec() {
        var command = new ArrayList<>(List.of(
                binaries.program("postgres").toString(), "-D", layout.data(part).toString()));
        settings().forEach((name, value) -> {
            command.add("-c");
            command.add(name + "=" + value);
        });
        return new ProcessSpec(
                part,
                List.copyOf(command),
                Map.of("LC_ALL", "C"),
                "INT", // fast shutdown: ends sessions, writes a checkpoint
                Duration.ofSeconds(30),
                this::cleanUpAfterKill,
                () -> address().answers("postgres"));
    }

    private Map<String, String> settings() {
        var settings = new java.util.LinkedHashMap<String, String>();
        settings.put("listen_addresses", Port.HOST);
        settings.put("port", Integer.toString(port));
        settings.put("unix_socket_directories", "");
        settings.put("max_connections", "140");
        settings.put("shared_buffers", "48MB");
        settings.put("max_wal_size", "512MB");
        if (binaries.bundled()) {
            settings.put("io_method", "sync");
        }
        settings.put("jit", "off");
        settings.put("timezone", "UTC");
        settings.put("log_timezone", "UTC");
        settings.put("log_line_prefix", "%m [%p] %u@%d ");
        settings.put("lc_messages", "C");
        if (part == Part.SOURCE) {
            settings.put("wal_level", "logical");
            settings.put("max_slot_wal_keep_size", WAL_KEPT_FOR_A_SLOT);
        }
        settings.putAll(changed);
        return settings;
    }

    /**
     * A killed server leaves backends that still hold its shared memory, and a pid file. PostgreSQL refuses to start beside
     * the first, and beside the second if that pid meanwhile belongs to another process of the same user.
     */
    private void cleanUpAfterKill() throws IOException, InterruptedException {
        var data = layout.data(part);
        var deadline = Instant.now().plus(BACKENDS_LEAVE_WITHIN);
        var backends = LinuxProcesses.workingIn(data);
        for (var backend : backends) {
            var left = Duration.between(Instant.now(), deadline);
            Signals.end(backend, "INT", left.isNegative() ? Duration.ZERO : left);
        }
        Files.deleteIfExists(data.resolve("postmaster.pid"));
    }
}
