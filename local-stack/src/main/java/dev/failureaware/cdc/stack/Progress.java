package dev.failureaware.cdc.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** One line per step, to the file that the foreground command follows and to the supervisor's own log. */
final class Progress {
    private final Path file;
    private final Instant begin = Instant.now();

    Progress(Path file) {
        this.file = file;
    }

    synchronized void line(String text) {
        System.out.println(Instant.now() + " " + text);
        try {
            Files.writeString(file, text + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    void step(String name, String text, Instant since) {
        line(String.format(Locale.ROOT, "%6.1f s  %-15s %s (%.1f s)", seconds(begin), name, text, seconds(since)));
    }

    static double seconds(Instant since) {
        return Duration.between(since, Instant.now()).toMillis() / 1000.0;
    }
}
