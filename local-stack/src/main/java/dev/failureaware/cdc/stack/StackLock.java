package dev.failureaware.cdc.stack;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** Held by whoever may start and end the processes of a state folder. The system drops it when its holder dies. */
final class StackLock implements AutoCloseable {
    private final FileChannel channel;

    private StackLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Empty when another process holds it. */
    static Optional<StackLock> tryTake(Layout layout) throws IOException {
        var channel = FileChannel.open(layout.supervisorLock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (channel.tryLock() == null) {
            channel.close();
            return Optional.empty();
        }
        return Optional.of(new StackLock(channel));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
