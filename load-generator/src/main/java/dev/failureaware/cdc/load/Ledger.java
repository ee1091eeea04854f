package dev.failureaware.cdc.load;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;

/**
 * What was meant and what became of it, one JSON object per line, in the order in which things happened.
 *
 * <p>A line is handed to the operating system before the call returns: it survives the death of this process, not that of
 * the machine. A line that its writer could not finish is cut, when the write fails or at the next start. When the file has
 * reached its size it becomes {@code NAME.1}, and so on up to the number of kept files. Thread-safe.
 */
final class Ledger implements Closeable {
    private static final ObjectMapper JSON = new ObjectMapper()
            .registerModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS);

    private final Path file;
    private final long maxBytes;
    private final int keptFiles;
    private final Clock clock;
    private FileChannel channel;
    private long lastNumber;
    private long run;

    /** Opens the ledger, or begins it. */
    Ledger(Path file, long maxBytes, int keptFiles, Clock clock) throws IOException {
        this.file = file.toAbsolutePath();
        this.maxBytes = maxBytes;
        this.keptFiles = keptFiles;
        this.clock = clock;
        Files.createDirectories(this.file.getParent());
        var newest = LedgerEnd.of(this.file);
        // The file before may hold later intents than this one, when it has become full a moment ago.
        var before = LedgerEnd.of(older(1));
        lastNumber = Math.max(newest.lastNumber(), before.lastNumber());
        run = Math.max(newest.lastRun(), before.lastRun());
        channel = open();
        channel.truncate(newest.wholeBytes());
    }

    /** The number of the last run that left an intent in the ledger; 0 when none did. */
    synchronized long lastRun() {
        return run;
    }

    /** Intents from here on belong to this run. */
    synchronized void begin(long newRun) {
        run = newRun;
    }

    /** @return the number that the outcome must carry */
    synchronized long intend(Change change) throws IOException {
        var number = lastNumber + 1;
        append(LedgerLine.intent(number, run, clock.instant(), change));
        lastNumber = number;
        return number;
    }

    synchronized void conclude(long number, Outcome outcome) throws IOException {
        append(LedgerLine.outcome(number, clock.instant(), outcome));
    }

    private void append(LedgerLine line) throws IOException {
        var bytes = JSON.writeValueAsBytes(line);
        if (channel.size() + bytes.length + 1 > maxBytes && channel.size() > 0) {
            rotate();
        }
        var buffer = ByteBuffer.allocate(bytes.length + 1);
        buffer.put(bytes).put((byte) '\n').flip();
        var before = channel.size();
        try {
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        } catch (IOException e) {
            channel.truncate(before);
            throw e;
        }
    }

    private void rotate() throws IOException {
        Files.deleteIfExists(older(keptFiles));
        for (var i = keptFiles - 1; i >= 1; i--) {
            if (Files.exists(older(i))) {
                Files.move(older(i), older(i + 1), StandardCopyOption.ATOMIC_MOVE);
            }
        }
        Files.move(file, older(1), StandardCopyOption.ATOMIC_MOVE);
        var full = channel;
        channel = open();
        full.close();
    }

    /** All that is kept, the oldest line first, as far as it was written when the end is reached; the last may be half a line. */
    synchronized InputStream read() throws IOException {
        // All are opened before a name can move on to another file.
        var files = new ArrayList<InputStream>();
        for (var age = keptFiles; age >= 1; age--) {
            if (Files.exists(older(age))) {
                files.add(Files.newInputStream(older(age)));
            }
        }
        files.add(Files.newInputStream(file));
        return new SequenceInputStream(Collections.enumeration(files));
    }

    private Path older(int age) {
        return file.resolveSibling(file.getFileName() + "." + age);
    }

    private FileChannel open() throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    }

    @Override
    public synchronized void close() throws IOException {
        channel.close();
    }
}
