package dev.failureaware.cdc.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;

/** One process of a {@link Workbench}. Nobody starts it again when it dies. */
public final class Running {
    private static final Duration PROBE_EVERY = Duration.ofMillis(50);

    private final ProcessSpec spec;
    private final String address;
    private final Process process;
    private final ProcessIdentity identity;
    private final Path log;

    Running(ProcessSpec spec, String address, Process process, Path log) {
        this.spec = spec;
        this.address = address;
        this.process = process;
        this.identity = ProcessIdentity.of(process.pid()).orElse(new ProcessIdentity(process.pid(), "gone"));
        this.log = log;
    }

    /** HOST:PORT of what it serves. */
    public String address() {
        return address;
    }

    public String url() {
        return "http://" + address;
    }

    public int port() {
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** The end of its log, with the path, ready to be appended to a message. */
    public String logTail() {
        return LogTail.of(log);
    }

    /** @throws StackException with the end of the log where it dies or takes longer */
    public Running awaitReady(Duration within) throws InterruptedException {
        var deadline = Instant.now().plus(within);
        while (!spec.ready().passes()) {
            if (!process.isAlive()) {
                throw StackException.notStarted(
                        "%s ended with exit code %d%s".formatted(spec.part().label(), process.exitValue(), logTail()));
            }
            if (Instant.now().isAfter(deadline)) {
                throw StackException.notStarted(
                        "%s is not ready after %d s%s".formatted(spec.part().label(), within.toSeconds(), logTail()));
            }
            Thread.sleep(PROBE_EVERY.toMillis());
        }
        return this;
    }

    /** Highest resident memory of its life so far; empty where the system does not tell, or when it has ended. */
    public OptionalLong peakResidentBytes() {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(identity.pid()), "status")).stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")) * 1024)
                    .findFirst();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    /** The connector of that name, where this is a Connect worker. */
    public Connector connector(String name) {
        return new Connector(url(), name);
    }

    /** Returns when it is gone; may be called again. */
    public void stop() {
        Signals.end(identity, spec.stopSignal(), spec.stopWithin());
    }
}
