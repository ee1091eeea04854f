package dev.failureaware.cdc.stack;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** The end of a log file, for error messages. */
final class LogTail {
    private static final int LINES = 12;
    private static final int BYTES_READ = 16 * 1024;

    private LogTail() {}

    /** The last lines, indented, and the path; ready to be appended to a message. */
    static String of(Path log) {
        return "\n  last lines of " + log + ":"
                + lines(log, LINES).stream()
                        .map(line -> "\n    | " + line)
                        .reduce(String::concat)
                        .orElse("\n    | (empty)");
    }

    static List<String> lines(Path log, int count) {
        try (var file = new RandomAccessFile(log.toFile(), "r")) {
            var from = Math.max(0, file.length() - Math.max(BYTES_READ, count * 300L));
            file.seek(from);
            var bytes = new byte[(int) (file.length() - from)];
            file.readFully(bytes);
            var lines = new String(bytes, StandardCharsets.UTF_8).lines().toList();
            return lines.subList(Math.max(0, lines.size() - count), lines.size());
        } catch (IOException e) {
            return List.of("(cannot be read: " + e.getMessage() + ")");
        }
    }
}
