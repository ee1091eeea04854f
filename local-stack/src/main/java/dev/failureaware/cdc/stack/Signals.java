package dev.failureaware.cdc.stack;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Ends processes. Pid and start time are compared right before each signal. */
final class Signals {
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

    static boolean awaitEnd(ProcessIdentity process, Duration within) {
        var handle = process.handle();
        if (handle.isEmpty()) {
            return true;
        }
        try {
            handle.get().onExit().get(within.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return !process.isAlive();
        } catch (ExecutionException e) {
            return !process.isAlive();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return !process.isAlive();
        }
    }
}
