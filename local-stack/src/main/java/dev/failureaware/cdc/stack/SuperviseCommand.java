package dev.failureaware.cdc.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The supervisor process itself: runs until it is told to end by SIGTERM, then stops everything in order. */
@Command(name = "supervise", hidden = true, description = "Runs in the background; started by up and demo.")
final class SuperviseCommand implements Callable<Integer> {
    /** For developing one part without the others. */
    @Option(names = "--only", split = ",", hidden = true)
    List<String> only = List.of();

    /** Ends when this process ends: a demo that is killed leaves nothing running. */
    @Option(names = "--owner", hidden = true)
    Long owner;

    @Override
    public Integer call() throws IOException, InterruptedException {
        var layout = Layout.of(System.getenv());
        StateFolder.prepare(layout);
        var lock = StackLock.take(layout);
        if (lock.isEmpty()) {
            throw StackException.notStarted("another supervisor runs on " + layout.state());
        }
        var parts = OwnParts.of(System.getenv()).of(parts(only));
        BuildOutput.require(layout, parts);
        Files.deleteIfExists(layout.progress());
        Files.deleteIfExists(layout.failure());
        var supervisor = new Supervisor(layout, System.getenv(), parts);
        // Holds the process until everything is stopped; the lock goes with the process.
        Runtime.getRuntime().addShutdownHook(new Thread(supervisor::stop, "stop"));
        watchOwner();
        try {
            supervisor.start();
        } catch (StackException e) {
            Files.writeString(layout.failure(), e.getMessage());
            return e.exitCode().code();
        } catch (IOException | RuntimeException e) {
            e.printStackTrace(System.out);
            Files.writeString(layout.failure(), e.toString());
            return ExitCode.NOT_STARTED.code();
        }
        new CountDownLatch(1).await();
        return ExitCode.OK.code();
    }

    static Set<Part> parts(List<String> names) {
        if (names.isEmpty()) {
            return EnumSet.allOf(Part.class);
        }
        var parts = EnumSet.noneOf(Part.class);
        names.forEach(name -> parts.add(Part.of(name)
                .orElseThrow(() -> StackException.badInput("--only " + name + " is no part of the stack"))));
        return parts;
    }

    private void watchOwner() {
        if (owner == null) {
            return;
        }
        var watched = ProcessIdentity.of(owner);
        var timer = java.util.concurrent.Executors.newSingleThreadScheduledExecutor(task -> {
            var thread = new Thread(task, "owner");
            thread.setDaemon(true);
            return thread;
        });
        timer.scheduleWithFixedDelay(
                () -> {
                    if (watched.isEmpty() || !watched.get().isAlive()) {
                        System.out.println(Instant.now() + " the command that this stack belongs to has ended");
                        System.exit(ExitCode.OK.code());
                    }
                },
                1,
                1,
                TimeUnit.SECONDS);
    }
}
