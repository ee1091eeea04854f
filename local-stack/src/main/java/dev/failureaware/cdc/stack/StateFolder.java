package dev.failureaware.cdc.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The state folder itself: made, checked for room and for the right to write. */
final class StateFolder {
    /** A fresh stack needs 250 MB, an hour of default load about as much again. */
    static final long NEEDED_BYTES = 600L << 20;

    private static final int PROBE_BYTES = 1 << 20;

    private StateFolder() {}

    static void prepare(Layout layout) {
        try {
            for (var folder : folders(layout)) {
                Files.createDirectories(folder);
            }
            var probe = layout.run().resolve("write-probe");
            Files.write(probe, new byte[PROBE_BYTES]);
            Files.delete(probe);
            var free = Files.getFileStore(layout.state()).getUsableSpace();
            if (free < NEEDED_BYTES) {
                throw StackException.notStarted(
                        "%s has %d MB left on its disk; the stack needs %d MB. Free some, or set STACK_DIR to a folder elsewhere."
                                .formatted(layout.state(), free >> 20, NEEDED_BYTES >> 20));
            }
        } catch (IOException e) {
            throw new StackException(
                    ExitCode.NOT_STARTED,
                    "cannot write to the state folder %s: %s. Make it writable, or set STACK_DIR to a folder elsewhere."
                            .formatted(layout.state(), reason(e)),
                    e);
        }
    }

    private static List<Path> folders(Layout layout) {
        return List.of(
                layout.state(),
                layout.data(),
                layout.logs(),
                layout.run(),
                layout.config(),
                layout.temporary(),
                layout.report());
    }

    static String reason(IOException e) {
        if (e instanceof java.nio.file.FileSystemException known && known.getReason() != null) {
            return known.getReason();
        }
        var name = e.getClass().getSimpleName().replace("Exception", "");
        return e.getMessage() == null ? name : name + " (" + e.getMessage() + ")";
    }

    /** What the servers write themselves or must be able to read. */
    static void handOver(Layout layout, ServerUser user) throws IOException {
        for (var folder : List.of(layout.data(), layout.config(), layout.temporary(), layout.report())) {
            user.own(folder);
        }
        if (Files.isDirectory(layout.secrets())) {
            user.own(layout.secrets());
        }
    }

    /** Logs of the start before are kept once, as NAME.log.1. */
    static void rotateLogs(Layout layout) throws IOException {
        for (var part : Part.values()) {
            var log = layout.log(part);
            if (Files.exists(log)) {
                Files.move(
                        log,
                        log.resolveSibling(log.getFileName() + ".1"),
                        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }
}
