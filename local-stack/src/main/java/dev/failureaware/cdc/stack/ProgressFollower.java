package dev.failureaware.cdc.stack;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Prints what is appended to the supervisor's progress file, whole lines at a time. */
final class ProgressFollower {
    private final Path file;
    private long shown;

    ProgressFollower(Path file) {
        this.file = file;
    }

    /** Skips what is there already. */
    static ProgressFollower atEnd(Path file) {
        var follower = new ProgressFollower(file);
        try {
            follower.shown = Files.exists(file) ? Files.size(file) : 0;
        } catch (IOException e) {
            follower.shown = 0;
        }
        return follower;
    }

    void show() throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        try (var in = new RandomAccessFile(file.toFile(), "r")) {
            in.seek(shown);
            var bytes = new byte[(int) Math.max(0, in.length() - shown)];
            in.readFully(bytes);
            var text = new String(bytes, StandardCharsets.UTF_8);
            var whole = text.substring(0, text.lastIndexOf('\n') + 1);
            shown += whole.getBytes(StandardCharsets.UTF_8).length;
            System.out.print(whole);
            System.out.flush();
        }
    }

    void showQuietly() {
        try {
            show();
        } catch (IOException e) {
            // Only the display suffers; the work goes on.
            return;
        }
    }
}
