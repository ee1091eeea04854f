package dev.failureaware.cdc.sink;

import dev.failureaware.cdc.sink.decode.Decoded;
import dev.failureaware.cdc.sink.decode.EventDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * A share of the partitions: records are decoded in one thread, and all that waits, up to a limit, is written as one batch in
 * another. So a batch is as small as the traffic is light, and as large as allowed in a backlog.
 */
final class Lane {
    /** Small against a batch, so that the bounds of a batch are kept well enough by not cutting a part. */
    private static final int MOST_PARTS_PER_BATCH = 8;

    private static final int BYTES_OF_OBJECTS = 500;

    private record Arrived(int generation, TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> records) {}

    /** Events in the order of their partitions. */
    private record Part(int generation, List<Decoded> events, long bytes) {}

    private final BlockingQueue<Arrived> arrived = new LinkedBlockingQueue<>();
    private final BlockingQueue<Part> decoded = new LinkedBlockingQueue<>();
    private final EventDecoder decoder;
    private final LaneWriter writer;
    private final Room room;
    private final SinkConfig config;
    private final SinkHealth health;
    private final List<Thread> threads;
    private volatile boolean stopping;

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

    void take(TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> records, int generation) {
        room.take(records.stream().mapToLong(Lane::bytes).sum());
        arrived.add(new Arrived(generation, partition, records));
    }

    /** About what a record holds of the heap until it is written: its bytes, its values as texts, and the objects of both. */
    private static long bytes(ConsumerRecord<byte[], byte[]> record) {
        return 2L * (Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize()))
                + BYTES_OF_OBJECTS;
    }

    private void decode() throws InterruptedException {
        while (!stopping) {
            var next = arrived.take();
            var events = new ArrayList<Decoded>();
            var bytes = 0L;
            for (var record : next.records) {
                events.add(decoder.decode(record, next.partition));
                bytes += bytes(record);
                if (events.size() >= config.batchRecords() / MOST_PARTS_PER_BATCH
                        || bytes >= config.batchBytes().asLongValue() / MOST_PARTS_PER_BATCH) {
                    decoded.add(new Part(next.generation, config.sabotage().spoil(events), bytes));
                    events = new ArrayList<>();
                    bytes = 0;
                }
            }
            if (!events.isEmpty()) {
                decoded.add(new Part(next.generation, config.sabotage().spoil(events), bytes));
            }
        }
    }

    private void write() throws InterruptedException {
        while (!stopping) {
            var first = decoded.take();
            var events = new ArrayList<>(first.events);
            var bytes = first.bytes;
            for (var next = decoded.peek(); next != null && fits(first, next, events, bytes); next = decoded.peek()) {
                decoded.remove();
                events.addAll(next.events);
                bytes += next.bytes;
            }
            writer.write(events, first.generation);
            room.give(bytes);
        }
    }

    private boolean fits(Part first, Part next, List<Decoded> events, long bytes) {
        return next.generation == first.generation
                && events.size() + next.events.size() <= config.batchRecords()
                && bytes + next.bytes <= config.batchBytes().asLongValue();
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
