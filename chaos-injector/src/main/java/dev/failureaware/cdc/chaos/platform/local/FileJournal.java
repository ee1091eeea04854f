package dev.failureaware.cdc.chaos.platform.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.failureaware.cdc.chaos.platform.CallFailedException;
import dev.failureaware.cdc.chaos.platform.Journal;
import dev.failureaware.cdc.chaos.platform.Undo;
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
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The journal as a file: one JSON line per undo, forced to disk before {@link #write} returns. A last line without its line
 * break was cut off while it was written, so its act never happened.
 */
final class FileJournal implements Journal {
    private static final JsonMapper JSON = new JsonMapper();

    private final Path file;

    FileJournal(Path file) {
        this.file = file;
    }

    @Override
    public void write(String failure, Instant at, Collection<Undo> undos) throws CallFailedException {
        var lines = new StringBuilder();
        for (var undo : undos) {
            lines.append(undo.entry(failure, at)).append('\n');
        }
        if (lines.isEmpty()) {
            return;
        }
        try {
            append(lines.toString());
        } catch (IOException e) {
            throw new CallFailedException("the journal %s cannot be written: %s".formatted(file, e), e);
        }
    }

    private void append(String lines) throws IOException {
        var folder = file.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        var complete = complete().length;
        // Not a channel: closing by interrupt, when a run is aborted, must not cut a line off.
        try (var out = new RandomAccessFile(file.toFile(), "rw")) {
            out.setLength(complete);
            out.seek(complete);
            out.write(lines.getBytes(StandardCharsets.UTF_8));
            out.getFD().sync();
        }
        force(folder);
    }

    @Override
    public Set<Undo> pending() throws CallFailedException {
        String text;
        try {
            text = new String(complete(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new CallFailedException("the journal %s cannot be read: %s".formatted(file, e), e);
        }
        var pending = new LinkedHashSet<Undo>();
        for (var line : text.split("\n")) {
            if (!line.isBlank()) {
                pending.addAll(undos(line));
            }
        }
        return pending;
    }

    @Override
    public void clear() throws CallFailedException {
        if (!Files.exists(file)) {
            return;
        }
        try (var out = new RandomAccessFile(file.toFile(), "rw")) {
            out.setLength(0);
            out.getFD().sync();
        } catch (IOException e) {
            throw new CallFailedException("the journal %s cannot be cleared: %s".formatted(file, e), e);
        }
    }

    private static Set<Undo> undos(String line) {
        try {
            return Undo.of(JSON.readTree(line)).map(Set::of).orElseGet(Undo::everything);
        } catch (JsonProcessingException e) {
            return Undo.everything();
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
