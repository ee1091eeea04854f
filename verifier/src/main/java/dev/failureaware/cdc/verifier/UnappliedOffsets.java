package dev.failureaware.cdc.verifier;

import java.util.Arrays;

/**
 * Offsets of one partition's events that the sink has not applied, in ascending order, kept as runs of neighbours: a
 * backlog of millions of events takes a few bytes for each transaction in it.
 */
final class UnappliedOffsets {
    private long[] firsts = new long[16];
    private long[] lasts = new long[16];
    private int head;
    private int tail;
    private long count;

    /** Offsets come in ascending order; one at or below the newest is known already. */
    void add(long offset) {
        if (head < tail && offset <= lasts[tail - 1]) {
            return;
        }
        if (head < tail && lasts[tail - 1] + 1 == offset) {
            lasts[tail - 1] = offset;
        } else {
            makeRoom();
            firsts[tail] = offset;
            lasts[tail] = offset;
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
        head = 0;
        tail = size;
    }

    private long[] moved(long[] from, int capacity) {
        return Arrays.copyOf(Arrays.copyOfRange(from, head, tail), capacity);
    }
}
