package dev.failureaware.cdc.chaos;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Set;

/**
 * What has to be undone, on disk before it is done.
 *
 * <p>One JSON line per undo, forced to disk before {@link #write} returns; {@link #clear} empties the file once all is
 * undone. So after a crash the file holds everything that may be broken, and perhaps more: a line does not prove that the act
 * followed it.
 */
final class Journal {
    private static final JsonMapper JSON = new JsonMapper();

    private final Path file;

    Journal(Path file) {
        this.file = file;
    }

    void write(String failure, Instant at, Collection<Undo> undos) throws IOException {
        var lines = new StringBuilder();
        for (var undo : undos) {
            var entry = new LinkedHashMap<String, String>();
            entry.put("undo", undo.id());
            entry.put("failure", failure);
            entry.put("at", at.toString());
            lines.append(JSON.writeValueAsString(entry)).append('\n');
        }
        if (lines.isEmpty()) {
            return;
        }
        var folder = file.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        var complete = complete().length;
        // Not a channel: closing by interrupt, when a run is aborted, must not cut a line off.
        try (var out = new RandomAccessFile(file.toFile(), "rw")) {
            out.setLength(complete);
            out.seek(complete);
            out.write(lines.toString().getBytes(StandardCharsets.UTF_8));
            out.getFD().sync();
        }
        force(folder);
    }

    /**
     * What an earlier life may have left broken. A last line without its line break was cut off while it was written, so its
     * act never happened. A complete line that cannot be read is damage: then everything is undone.
     */
    Set<Undo> pending() throws IOException {
        var pending = EnumSet.noneOf(Undo.class);
        var text = new String(complete(), StandardCharsets.UTF_8);
        for (var line : text.split("\n")) {
            if (!line.isBlank()) {
                pending.addAll(undos(line));
            }
        }
        return pending;
    }

    void clear() throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        try (var out = new RandomAccessFile(file.toFile(), "rw")) {
            out.setLength(0);
            out.getFD().sync();
        }
    }

    private static Set<Undo> undos(String line) {
        try {
            return Undo.of(JSON.readTree(line).path("undo").asText())
                    .map(EnumSet::of)
                    .orElseGet(() -> EnumSet.allOf(Undo.class));
        } catch (JsonProcessingException e) {
            return EnumSet.allOf(Undo.class);
        }
    }

    private byte[] complete() throws IOException {
        if (!Files.exists(file)) {
            return new byte[0];
        }
        var bytes = Files.readAllBytes(file);
        var end = bytes.length;
        while (end > 0 && bytes[end - 1] != '\n') {
            end--;
        }
        return Arrays.copyOf(bytes, end);
    }

    /** Makes the file's name durable too. */
    private static void force(Path folder) throws IOException {
        try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
