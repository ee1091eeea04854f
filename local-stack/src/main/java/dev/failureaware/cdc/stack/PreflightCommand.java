package dev.failureaware.cdc.stack;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "preflight", description = "Can this machine run the stack? One line per question.")
final class PreflightCommand implements Callable<Integer> {
    private static final long MEMORY_WANTED_BYTES = 2L << 30;
    private static final int PROCESSORS_WANTED = 2;

    private boolean failed;

    private enum Result {
        OK,
        WARN,
        FAIL
    }

    @Override
    public Integer call() {
        var layout = Layout.of(System.getenv());
        java();
        processors();
        memory();
        platform();
        user();
        disk(layout);
        build(layout);
        ports(layout);
        return failed ? ExitCode.NOT_STARTED.code() : ExitCode.OK.code();
    }

    private void print(Result result, String what, String text) {
        failed |= result == Result.FAIL;
        System.out.printf("%-4s  %-10s %s%n", result.name().toLowerCase(Locale.ROOT), what, text);
    }

    private void java() {
        var version = Runtime.version();
        print(
                version.feature() >= 17 ? Result.OK : Result.FAIL,
                "java",
                version + ", " + System.getProperty("java.home"));
    }

    private void processors() {
        var processors = Runtime.getRuntime().availableProcessors();
        print(
                processors >= PROCESSORS_WANTED ? Result.OK : Result.WARN,
                "processors",
                processors + "; measured with 2");
    }

    private void memory() {
        var system = ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);
        var free = Math.max(system.getFreeMemorySize(), available());
        print(
                free >= MEMORY_WANTED_BYTES ? Result.OK : Result.WARN,
                "memory",
                "%d MB available; the stack takes up to 1800 MB".formatted(free >> 20));
    }

    /** Linux: memory in caches counts as available. */
    private static long available() {
        try (var lines = Files.lines(java.nio.file.Path.of("/proc/meminfo"))) {
            return lines.filter(line -> line.startsWith("MemAvailable:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")) * 1024)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }

    private void platform() {
        var archive = PostgresBinaries.archiveName(System.getProperty("os.name"), System.getProperty("os.arch"));
        var there = PostgresBinaries.class.getResource("/" + archive) != null;
        print(
                there ? Result.OK : Result.FAIL,
                "postgresql",
                there
                        ? "binaries " + PostgresBinaries.version() + " for this platform"
                        : archive + " is not on the class path");
    }

    private void user() {
        if (ServerUser.runsAsRoot()) {
            var there = ServerUser.onPath("setpriv");
            print(
                    there ? Result.OK : Result.FAIL,
                    "setpriv",
                    there
                            ? "servers will run as user " + ServerUser.NOBODY
                            : "missing; root needs it (package util-linux)");
        }
        var there = ServerUser.onPath("setsid");
        print(
                there ? Result.OK : Result.WARN,
                "setsid",
                there ? "found" : "missing; a Ctrl-C also reaches the servers");
    }

    private void disk(Layout layout) {
        try {
            var folder = layout.state();
            while (!Files.exists(folder)) {
                folder = folder.getParent();
            }
            var free = Files.getFileStore(folder).getUsableSpace();
            var fits = free >= StateFolder.NEEDED_BYTES && Files.isWritable(folder);
            print(
                    fits ? Result.OK : Result.FAIL,
                    "disk",
                    "%s: %d MB free, %s"
                            .formatted(folder, free >> 20, Files.isWritable(folder) ? "writable" : "not writable"));
        } catch (IOException e) {
            print(Result.FAIL, "disk", layout.state() + ": " + StateFolder.reason(e));
        }
    }

    private void build(Layout layout) {
        var missing = BuildOutput.missing(layout, List.of(Part.values()));
        print(
                missing.isEmpty() ? Result.OK : Result.WARN,
                "build",
                missing.isEmpty() ? "complete" : missing.get(0) + " is missing; run: make build");
    }

    private void ports(Layout layout) {
        var wanted = Ports.wanted(System.getenv());
        if (SupervisorState.running(layout).isPresent()) {
            print(Result.OK, "ports", "in use by the running stack");
            return;
        }
        var moved = Ports.choose(wanted, Ports::isFree).moved();
        if (moved.isEmpty()) {
            print(Result.OK, "ports", "free: " + wanted.values());
        }
        moved.forEach(line -> print(Result.WARN, "ports", line));
    }
}
