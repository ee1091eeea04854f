package dev.failureaware.cdc.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a person sees: whether one looks right now, and how much is worth showing. */
final class Terminal {
    static final String CLEAR = "\033[H\033[2J";

    private Terminal() {}

    static boolean showsOutput() {
        return isTerminal(1);
    }

    static boolean givesInput() {
        return isTerminal(0);
    }

    /** No longer than that, and visibly so; the whole text stands in a report or a log. */
    static String cut(String text, int longest) {
        return text.length() > longest ? text.substring(0, longest) + " …" : text;
    }

    /** Texts may hold values of the databases: what would steer the terminal is a question mark. */
    static String plain(String text) {
        return text.replaceAll("[\\p{Cntrl}&&[^\n]]", "?");
    }

    private static boolean isTerminal(int descriptor) {
        try {
            var target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException e) {
            return System.console() != null;
        }
    }
}
