package dev.failureaware.cdc.stack;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/**
 * Which processes run, on disk, so that a later command can end what a killed supervisor left behind. Only the holder of the
 * supervisor's lock writes it.
 */
final class PidRegistry {
    private final Path file;
    private final Map<Part, ProcessIdentity> processes = new EnumMap<>(Part.class);

    private PidRegistry(Path file) {
        this.file = file;
    }

    /** What the file says; nothing when there is no file or when it cannot be understood. */
    static PidRegistry load(Path file) {
        var registry = new PidRegistry(file);
        if (!Files.exists(file)) {
            return registry;
        }
        try {
            Json.read(file)
                    .fields()
                    .forEachRemaining(entry -> Part.of(entry.getKey())
                            .ifPresent(part -> registry.processes.put(part, identity(entry.getValue()))));
        } catch (IOException e) {
            // Written by renaming, so a damaged file means a damaged disk. The caller also looks for unrecorded
            // processes.
            registry.processes.clear();
        }
        return registry;
    }

    private static ProcessIdentity identity(JsonNode entry) {
        return new ProcessIdentity(
                entry.path("pid").asLong(), entry.path("started").asText());
    }

    synchronized Map<Part, ProcessIdentity> processes() {
        return new EnumMap<>(processes);
    }

    synchronized void record(Part part, ProcessIdentity identity) {
        processes.put(part, identity);
        write();
    }

    /** Only if it is still this process: the part may have been started again in between. */
    synchronized void forget(Part part, ProcessIdentity identity) {
        if (processes.remove(part, identity)) {
            write();
        }
    }

    private void write() {
        var entries = new java.util.TreeMap<String, ProcessIdentity>();
        processes.forEach((part, identity) -> entries.put(part.label(), identity));
        try {
            Json.replace(file, entries);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }
}
