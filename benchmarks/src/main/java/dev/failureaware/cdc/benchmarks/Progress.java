package dev.failureaware.cdc.benchmarks;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;

/** What runs now, for people who wait: a line per step; on a terminal the rows so far, in the same line. */
final class Progress {
    private static final Duration EVERY = Duration.ofSeconds(1);

    private final PrintStream out;
    private final boolean terminal;
    private Instant began = Instant.now();
    private Instant told = Instant.EPOCH;
    private String step = "";

    Progress(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    void line(String text) {
        out.println(text);
    }

    void begin(String what) {
        step = what;
        began = Instant.now();
        out.printf("  %-58s", what);
        out.flush();
    }

    /** Shown where the line can be written over. */
    void rows(long number) {
        if (terminal && Duration.between(told, Instant.now()).compareTo(EVERY) > 0) {
            told = Instant.now();
            out.printf("\r  %-58s %,12d rows", step, number);
            out.flush();
        }
    }

    void end(String result) {
        var seconds = Duration.between(began, Instant.now()).toMillis() / 1000.0;
        out.printf("%s%s  (%.1f s in all)%n", terminal ? "\r  %-58s ".formatted(step) : " ", result, seconds);
    }
}
