package dev.failureaware.cdc.verifier;

import java.util.Arrays;
import java.util.OptionalLong;

/**
 * Offsets of one partition's events that the sink has not applied, in ascending order, kept as runs of neighbours: a
 * backlog of millions of events takes a few bytes for each transaction in it. A run holds events of about one moment, so that
 * its time is that of each of them.
 */
final class UnappliedOffsets {
    /** Milliseconds between the first and the last event of a run. */
    private static final long LONGEST_RUN = 1000;

    private long[] firsts = new long[16];
    private long[] lasts = new long[16];
    /** Of the first event of each run. */
    private long[] times = new long[16];

    private int head;
    private int tail;
    private long count;

    /**
     * Offsets come in ascending order; one at or below the newest is known already.
     *
     * @param time milliseconds since 1970
     */
    void add(long offset, long time) {
        if (head < tail && offset <= lasts[tail - 1]) {
            return;
        }
        if (head < tail && lasts[tail - 1] + 1 == offset && time - times[tail - 1] < LONGEST_RUN) {
            lasts[tail - 1] = offset;
        } else {
            makeRoom();
            firsts[tail] = offset;
            lasts[tail] = offset;
            times[tail] = time;
            tail++;
        }
        count++;
    }

    /** Forgets everything below the offset. */
    void appliedBelow(long offset) {
        while (head < tail && lasts[head] < offset) {
            count -= lasts[head] - firsts[head] + 1;
            head++;
        }
        if (head < tail && firsts[head] < offset) {
            count -= offset - firsts[head];
            firsts[head] = offset;
        }
    }

    long count() {
        return count;
    }

    /** Time of the oldest event, up to a second too early; empty when there is none. */
    OptionalLong oldest() {
        return head < tail ? OptionalLong.of(times[head]) : OptionalLong.empty();
    }

    long countBelow(long offset) {
        var below = 0L;
        for (var i = head; i < tail && firsts[i] < offset; i++) {
            below += Math.min(lasts[i] + 1, offset) - firsts[i];
        }
        return below;
    }

    private void makeRoom() {
        if (tail < firsts.length) {
            return;
        }
        var size = tail - head;
        var capacity = Math.max(16, size * 2);
        firsts = moved(firsts, capacity);
        lasts = moved(lasts, capacity);
        times = moved(times, capacity);
        head = 0;
        tail = size;
    }

    private long[] moved(long[] from, int capacity) {
        return Arrays.copyOf(Arrays.copyOfRange(from, head, tail), capacity);
    }
}
