package dev.failureaware.cdc.stack;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;

/** Ends processes. Pid and start time are compared right before each signal. */
final class Signals {
    private static final Duration POLL = Duration.ofMillis(30);

    private Signals() {}

    /** Sends the signal if the process is still the one meant. */
    static void send(ProcessIdentity process, String signal) {
        if (!process.isAlive()) {
            return;
        }
        try {
            // The shell's own kill: the program of that name is missing on slim systems, and Java knows only TERM and
            // KILL.
            new ProcessBuilder("sh", "-c", "kill -s " + signal + " " + process.pid())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            process.handle().ifPresent(ProcessHandle::destroy);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Asks, waits, and kills when the time is up. Returns once the process is gone. */
    static void end(ProcessIdentity process, String signal, Duration within) {
        send(process, signal);
        if (!awaitEnd(process, within)) {
            process.handle().ifPresent(ProcessHandle::destroyForcibly);
            awaitEnd(process, Duration.ofSeconds(10));
        }
    }

    /** Looks itself: Java's own wait for a process that is no child of ours looks only every few seconds. */
    static boolean awaitEnd(ProcessIdentity process, Duration within) {
        var deadline = Instant.now().plus(within);
        while (process.isAlive()) {
            if (Instant.now().isAfter(deadline)) {
                return false;
            }
            try {
                Thread.sleep(POLL.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return !process.isAlive();
            }
        }
        return true;
    }
}
