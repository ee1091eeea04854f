package dev.failureaware.cdc.sink;

import dev.failureaware.cdc.sink.decode.EventDecoder;
import dev.failureaware.cdc.sink.decode.Received;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.kafka.common.TopicPartition;

/**
 * A share of the partitions: records are decoded in one thread, and all that waits, up to a limit, is written as one batch in
 * another. So a batch is as small as the traffic is light, and as large as allowed in a backlog.
 */
final class Lane {
    /** Small against a batch, so that the bounds of a batch are kept well enough by not cutting a part. */
    private static final int MOST_PARTS_PER_BATCH = 8;

    private record Arrived(int generation, TopicPartition partition, List<Received> records) {}

    private record Part(int generation, Batch batch, long bytes) {}

    private final BlockingQueue<Arrived> arrived = new LinkedBlockingQueue<>();
    private final BlockingQueue<Part> decoded = new LinkedBlockingQueue<>();
    private final EventDecoder decoder;
    private final LaneWriter writer;
    private final Room room;
    private final SinkConfig config;
    private final SinkHealth health;
    private final List<Thread> threads;
    private volatile boolean stopping;
    /** Of the writing thread: taken from the queue while the one before it is written. */
    private Part next;

    Lane(
            String name,
            EventDecoder decoder,
            LaneWriter.Factory writers,
            Room room,
            SinkConfig config,
            SinkHealth health) {
        this.decoder = decoder;
        this.writer = writers.create(name);
        this.room = room;
        this.config = config;
        this.health = health;
        threads = List.of(thread(name + "-decode", this::decode), thread(name + "-write", this::write));
    }

    void start() {
        threads.forEach(Thread::start);
    }

    /** What is being written is given up, and read again by whoever owns the partitions next. */
    void stop() {
        stopping = true;
        writer.stop();
        threads.forEach(Thread::interrupt);
    }

    void take(TopicPartition partition, List<Received> records, int generation) {
        room.take(records.stream().mapToLong(Received::memory).sum());
        arrived.add(new Arrived(generation, partition, records));
    }

    private void decode() throws InterruptedException {
        while (!stopping) {
            var next = arrived.take();
            var batch = new Batch();
            var bytes = 0L;
            for (var record : next.records) {
                batch.add(config.sabotage().spoil(decoder.decode(next.partition, record)), record);
                bytes += record.memory();
                if (batch.size() >= config.batchRecords() / MOST_PARTS_PER_BATCH
                        || bytes >= config.batchBytes().asLongValue() / MOST_PARTS_PER_BATCH) {
                    decoded.add(new Part(next.generation, batch, bytes));
                    batch = new Batch();
                    bytes = 0;
                }
            }
            if (batch.size() > 0) {
                decoded.add(new Part(next.generation, batch, bytes));
            }
        }
    }

    private void write() throws InterruptedException {
        while (!stopping) {
            var batch = next == null ? batch(decoded.take()) : next;
            next = null;
            writer.write(batch.batch, batch.generation, this::upcoming);
            room.give(batch.bytes);
        }
    }

    /** The first part with all that waits and fits. */
    private Part batch(Part first) {
        var batch = first.batch;
        var bytes = first.bytes;
        for (var more = decoded.peek(); more != null && fits(first, batch.size(), bytes, more); more = decoded.peek()) {
            decoded.remove();
            batch.add(more.batch);
            bytes += more.bytes;
        }
        return new Part(first.generation, batch, bytes);
    }

    /** The batch that comes next if nothing more fits into it; while there is room, it grows until its turn. */
    private Optional<Batch> upcoming() {
        if (next == null && isWholeBatchDecoded()) {
            next = batch(decoded.remove());
        }
        return Optional.ofNullable(next).map(Part::batch);
    }

    /** The decoding thread adds to the queue meanwhile; nobody but this thread takes from it. */
    private boolean isWholeBatchDecoded() {
        Part first = null;
        var size = 0;
        var bytes = 0L;
        for (var part : decoded) {
            if (first == null) {
                first = part;
            } else if (!fits(first, size, bytes, part)) {
                return true;
            }
            size += part.batch.size();
            bytes += part.bytes;
        }
        return false;
    }

    /**
     * @param size of what was added to the first, itself included
     * @param bytes the same
     */
    private boolean fits(Part first, int size, long bytes, Part more) {
        return more.generation == first.generation
                && size + more.batch.size() <= config.batchRecords()
                && bytes + more.bytes <= config.batchBytes().asLongValue();
    }

    private interface Work {
        void run() throws InterruptedException;
    }

    private Thread thread(String name, Work work) {
        var thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (InterruptedException stopped) {
                        Thread.currentThread().interrupt();
                    } catch (RuntimeException | Error failure) {
                        if (!stopping) {
                            health.fatal(failure);
                        }
                    }
                },
                name);
        thread.setDaemon(true);
        return thread;
    }
}
