package dev.failureaware.cdc.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether a person looks at the output right now. */
final class Terminal {
    static final String CLEAR = "\033[H\033[2J";

    private Terminal() {}

    static boolean showsOutput() {
        return isTerminal(1);
    }

    static boolean givesInput() {
        return isTerminal(0);
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
