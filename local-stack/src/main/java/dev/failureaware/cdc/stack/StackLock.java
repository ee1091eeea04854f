package dev.failureaware.cdc.stack;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Held by whoever may start and end the processes of a state folder. The system drops it when its holder dies. */
final class StackLock implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(50);

    private final FileChannel channel;

    private StackLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Empty when another process holds it. */
    private static Optional<StackLock> tryTake(Layout layout) throws IOException {
        var channel = FileChannel.open(layout.supervisorLock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (channel.tryLock() == null) {
            channel.close();
            return Optional.empty();
        }
        return Optional.of(new StackLock(channel));
    }

    /** Waits a moment: a holder that has just ended may still be letting go of it. */
    static Optional<StackLock> take(Layout layout) throws IOException {
        var deadline = Instant.now().plus(PATIENCE);
        var lock = tryTake(layout);
        while (lock.isEmpty() && Instant.now().isBefore(deadline)) {
            try {
                Thread.sleep(POLL.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return lock;
            }
            lock = tryTake(layout);
        }
        return lock;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
