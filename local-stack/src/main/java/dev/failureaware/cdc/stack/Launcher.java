package dev.failureaware.cdc.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Starts operating-system processes: as the servers' user, in a session of their own, with a small known environment. */
final class Launcher {
    /** What a child inherits from the caller; everything else (PGPORT, JAVA_TOOL_OPTIONS…) could change what it does. */
    private static final List<String> INHERITED = List.of("PATH", "LANG", "JAVA_HOME");

    /** Marks every process of a stack with its state folder, so that one that was not recorded can be found. */
    static final String MARK = "CDC_STACK";

    private final Layout layout;
    private final ServerUser user;

    Launcher(Layout layout, ServerUser user) {
        this.layout = layout;
        this.user = user;
    }

    ServerUser user() {
        return user;
    }

    Process launch(ProcessSpec spec) throws IOException {
        return start(spec.command(), spec.environment(), layout.log(spec.part()));
    }

    /** Runs a short command to its end, output to the log; fails with the log's last lines. */
    void run(String what, List<String> command, Map<String, String> environment, Path log)
            throws IOException, InterruptedException {
        var process = start(command, environment, log);
        try {
            if (!process.waitFor(2, TimeUnit.MINUTES)) {
                throw StackException.notStarted(what + " did not end within 2 minutes" + LogTail.of(log));
            }
        } finally {
            process.destroyForcibly();
        }
        if (process.exitValue() != 0) {
            throw StackException.notStarted(
                    "%s failed with exit code %d%s".formatted(what, process.exitValue(), LogTail.of(log)));
        }
    }

    private Process start(List<String> command, Map<String, String> environment, Path log) throws IOException {
        var builder = new ProcessBuilder(user.command(command))
                .directory(layout.state().toFile())
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        var variables = builder.environment();
        variables.keySet().retainAll(INHERITED);
        variables.put("HOME", layout.temporary().toString());
        variables.put("TMPDIR", layout.temporary().toString());
        variables.put("TZ", "UTC");
        // glibc keeps an arena per thread otherwise: tens of megabytes per JVM.
        variables.put("MALLOC_ARENA_MAX", "2");
        variables.put(MARK, layout.state().toString());
        variables.putAll(environment);
        if (!Files.exists(log)) {
            Files.createFile(log);
        }
        return builder.start();
    }
}
