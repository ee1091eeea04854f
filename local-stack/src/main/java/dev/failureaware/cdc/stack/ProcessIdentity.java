package dev.failureaware.cdc.stack;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * One life of a process. A pid alone is reused by the system; together with the start time it is not.
 *
 * @param started Linux: field 22 of {@code /proc/PID/stat} (clock ticks since boot) with the boot's id, since the ticks begin
 *     again at each boot; elsewhere the start instant in milliseconds
 */
record ProcessIdentity(long pid, String started) {
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
    private static final int FIRST_FIELD_AFTER_NAME = 3;
    private static final int STATE_FIELD = 3;
    private static final int START_FIELD = 22;

    /** Empty when there is no such process, or only its remains that nobody has collected yet. */
    static Optional<ProcessIdentity> of(long pid) {
        return Files.exists(BOOT_ID) ? ofLinux(pid) : ofHandle(pid);
    }

    static ProcessIdentity self() {
        return of(ProcessHandle.current().pid()).orElseThrow();
    }

    boolean isAlive() {
        return of(pid).filter(this::equals).isPresent();
    }

    /** The handle to signal, only if it is still this very process. */
    Optional<ProcessHandle> handle() {
        return isAlive() ? ProcessHandle.of(pid) : Optional.empty();
    }

    private static Optional<ProcessIdentity> ofLinux(long pid) {
        try {
            var stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"), StandardCharsets.ISO_8859_1);
            // The name, in parentheses, may hold blanks and parentheses itself.
            var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            if (fields[STATE_FIELD - FIRST_FIELD_AFTER_NAME].matches("[ZX]")) {
                return Optional.empty();
            }
            var boot = Files.readString(BOOT_ID).strip();
            return Optional.of(new ProcessIdentity(pid, fields[START_FIELD - FIRST_FIELD_AFTER_NAME] + "@" + boot));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Optional<ProcessIdentity> ofHandle(long pid) {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .flatMap(handle -> handle.info().startInstant())
                .map(start -> new ProcessIdentity(pid, Long.toString(start.toEpochMilli())));
    }
}
