package dev.failureaware.cdc.stack;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Finds processes by what {@code /proc} tells; finds none on other systems. */
final class LinuxProcesses {
    private static final Path PROC = Path.of("/proc");

    private LinuxProcesses() {}

    /** Processes whose current folder is this one: a PostgreSQL server and its backends live in the data folder. */
    static List<ProcessIdentity> workingIn(Path folder) {
        return matching(
                process -> Files.readSymbolicLink(process.resolve("cwd")).equals(folder.toRealPath()));
    }

    /** Processes that this stack started, see {@link Launcher#MARK}; not those that overwrote their environment. */
    static List<ProcessIdentity> startedBy(Layout layout) {
        var mark = "\0" + Launcher.MARK + "=" + layout.state() + "\0";
        return matching(process -> ("\0" + Files.readString(process.resolve("environ"), StandardCharsets.ISO_8859_1))
                .contains(new String(mark.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1)));
    }

    /** Memory of a process in bytes, shared pages divided among those that share them; 0 when it cannot be told. */
    static long proportionalMemoryBytes(long pid) {
        try {
            return Files.readAllLines(PROC.resolve(pid + "/smaps_rollup")).stream()
                    .filter(line -> line.startsWith("Pss:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")) * 1024)
                    .sum();
        } catch (IOException e) {
            return 0;
        }
    }

    @FunctionalInterface
    private interface Test {
        boolean matches(Path process) throws IOException;
    }

    private static List<ProcessIdentity> matching(Test test) {
        var found = new ArrayList<ProcessIdentity>();
        if (!Files.isDirectory(PROC.resolve("self"))) {
            return found;
        }
        try (var processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (var process : processes) {
                if (isReadableAnd(test).test(process)) {
                    ProcessIdentity.of(Long.parseLong(process.getFileName().toString()))
                            .ifPresent(found::add);
                }
            }
        } catch (IOException e) {
            return found;
        }
        return found;
    }

    private static Predicate<Path> isReadableAnd(Test test) {
        return process -> {
            try {
                return test.matches(process);
            } catch (IOException e) {
                // Gone meanwhile, or another user's: not ours either way.
                return false;
            }
        };
    }
}
