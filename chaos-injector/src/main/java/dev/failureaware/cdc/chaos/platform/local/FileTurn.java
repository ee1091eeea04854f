package dev.failureaware.cdc.chaos.platform.local;

import dev.failureaware.cdc.chaos.platform.Leadership;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Turns by a lock on a file beside the journal, which the operating system lifts when its process ends. There is one injector
 * on a machine; a second one by mistake stays away for good.
 */
final class FileTurn implements Leadership {
    private static final Logger LOG = Logger.getLogger(FileTurn.class);

    private final Path file;
    private FileChannel channel;
    private FileLock lock;

    FileTurn(Path journal) {
        this.file = journal.resolveSibling(journal.getFileName() + ".lock");
    }

    @Override
    public void begin(Listener listener) {
        lock();
        if (leads()) {
            listener.gained();
        }
    }

    private synchronized void lock() {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            LOG.errorf("%s is locked by this process", file);
        } catch (IOException e) {
            LOG.errorf("%s cannot be locked: %s", file, e);
        }
    }

    @Override
    public synchronized boolean leads() {
        return lock != null && lock.isValid();
    }

    @Override
    public Optional<String> holder() {
        return Optional.of(leads() ? "this process" : "whoever locks " + file);
    }

    @Override
    public synchronized void close() {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            LOG.warnf("%s cannot be unlocked: %s", file, e);
        }
    }
}
