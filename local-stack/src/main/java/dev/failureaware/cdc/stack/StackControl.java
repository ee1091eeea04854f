package dev.failureaware.cdc.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Starts and stops a supervisor from a foreground command, and shows what it does. */
final class StackControl {
    /** Longer than any orderly stop; then the supervisor is killed and its processes are ended from here. */
    private static final Duration STOP_WITHIN = Duration.ofSeconds(120);

    private static final Duration POLL = Duration.ofMillis(100);

    private final Layout layout;
    private final Object spawning = new Object();
    private volatile boolean interrupted;
    private volatile ProcessIdentity spawned;

    StackControl(Layout layout) {
        this.layout = layout;
    }

    boolean isUp() {
        return SupervisorState.running(layout).isPresent();
    }

    /**
     * Starts a supervisor, or follows one that is starting, and returns when the stack is ready. When this process is
     * interrupted meanwhile, or the start fails, everything is stopped again.
     *
     * @param options handed to the supervisor
     * @param owned the stack belongs to this process: it is stopped when this process ends, however it ends
     */
    void start(List<String> options, boolean owned) throws IOException, InterruptedException {
        StateFolder.prepare(layout);
        Ports.wanted(System.getenv());
        var parts = OwnParts.of(System.getenv()).of(SuperviseCommand.parts(only(options)));
        BuildOutput.require(layout, parts);
        ServerUser.of(layout);
        if (isUp()) {
            awaitReady();
            return;
        }
        Files.deleteIfExists(layout.progress());
        Files.deleteIfExists(layout.failure());
        var interrupt = new Thread(this::interrupted, "interrupted");
        Runtime.getRuntime().addShutdownHook(interrupt);
        Process supervisor;
        synchronized (spawning) {
            if (interrupted) {
                awaitOwnEnd();
            }
            supervisor = spawn(options, owned);
            spawned = ProcessIdentity.of(supervisor.pid()).orElse(null);
        }
        awaitReady(supervisor);
        if (interrupted) {
            awaitOwnEnd();
        }
        if (!owned) {
            Runtime.getRuntime().removeShutdownHook(interrupt);
        }
    }

    /** The interrupt stops everything and then ends this process; nothing may be done or said beside it. */
    private static void awaitOwnEnd() throws InterruptedException {
        new CountDownLatch(1).await();
    }

    /** Runs when this process ends, for whatever reason, while the stack is its own. */
    private void interrupted() {
        synchronized (spawning) {
            interrupted = true;
        }
        if (spawned != null) {
            stopSupervisor(spawned);
        }
    }

    private static List<String> only(List<String> options) {
        var at = options.indexOf("--only");
        return at < 0 ? List.of() : List.of(options.get(at + 1).split(","));
    }

    private Process spawn(List<String> options, boolean owned) throws IOException {
        var command = new ArrayList<>(ServerUser.sessionPrefix());
        command.addAll(List.of(
                Jvm.program(),
                "-Xmx48m",
                "-Xss512k",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:+PerfDisableSharedMem",
                "-Djava.io.tmpdir=" + layout.temporary(),
                "-cp",
                System.getProperty("java.class.path"),
                StackCommand.class.getName(),
                "supervise"));
        command.addAll(options);
        if (owned) {
            command.addAll(
                    List.of("--owner", Long.toString(ProcessHandle.current().pid())));
        }
        var log = layout.log("supervisor");
        Files.writeString(log, "", StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
        var builder = new ProcessBuilder(command);
        builder.environment().put("MALLOC_ARENA_MAX", "2");
        return builder.redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    private void awaitReady(Process supervisor) throws IOException, InterruptedException {
        var follower = new ProgressFollower(layout.progress());
        while (!interrupted) {
            var alive = supervisor.isAlive();
            follower.show();
            if (!alive) {
                var code = supervisor.exitValue();
                var exit = code == ExitCode.BAD_INPUT.code() ? ExitCode.BAD_INPUT : ExitCode.NOT_STARTED;
                throw new StackException(exit, whyItFailed(code));
            }
            if (isReady()) {
                follower.show();
                return;
            }
            Thread.sleep(POLL.toMillis());
        }
    }

    private String whyItFailed(int exitCode) throws IOException {
        return Files.exists(layout.failure())
                ? "the stack did not start: " + Files.readString(layout.failure())
                : "the supervisor ended with exit code " + exitCode + LogTail.of(layout.log("supervisor"));
    }

    /** Somebody else's supervisor: only followed. */
    private void awaitReady() throws IOException, InterruptedException {
        var follower = new ProgressFollower(layout.progress());
        while (!isReady()) {
            if (!isUp()) {
                throw StackException.notStarted("the stack is being stopped, or its start failed; try again");
            }
            follower.show();
            Thread.sleep(POLL.toMillis());
        }
    }

    private boolean isReady() {
        return SupervisorState.running(layout)
                .filter(state -> state.phase() == SupervisorState.Phase.READY)
                .isPresent();
    }

    /** Stops whatever runs. Harmless when nothing does. Returns whether there was anything. */
    boolean stop() throws IOException {
        if (!Files.isDirectory(layout.run())) {
            return false;
        }
        var running = SupervisorState.running(layout);
        if (running.isPresent()) {
            stopSupervisor(running.get().identity());
        }
        try (var lock = StackLock.take(layout).orElse(null)) {
            if (lock == null) {
                throw StackException.notStarted("another command is starting or stopping the stack right now");
            }
            var found = new boolean[] {running.isPresent()};
            new Leftovers(layout).end(line -> {
                found[0] = true;
                System.out.println(line);
            });
            return found[0];
        }
    }

    private void stopSupervisor(ProcessIdentity supervisor) {
        var follower = ProgressFollower.atEnd(layout.progress());
        Signals.send(supervisor, "TERM");
        var deadline = Instant.now().plus(STOP_WITHIN);
        while (supervisor.isAlive() && Instant.now().isBefore(deadline)) {
            follower.showQuietly();
            try {
                Thread.sleep(POLL.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
        follower.showQuietly();
        Signals.end(supervisor, "TERM", Duration.ZERO);
    }
}
