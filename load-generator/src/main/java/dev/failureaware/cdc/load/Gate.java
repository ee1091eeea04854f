package dev.failureaware.cdc.load;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** What all writers pass before each transaction: open, closed for a while, or shut for good. Thread-safe. */
final class Gate {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean open = true;
    private boolean shut;
    private int inside;

    /**
     * Waits until the gate is open; then {@link #leave()} must follow.
     *
     * @return false when it has been shut: nothing more may be written
     */
    boolean enter() throws InterruptedException {
        lock.lock();
        try {
            while (!open && !shut) {
                changed.await();
            }
            if (shut) {
                return false;
            }
            inside++;
            return true;
        } finally {
            lock.unlock();
        }
    }

    void leave() {
        lock.lock();
        try {
            inside--;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits this long, or until the gate is shut. */
    void pause(long nanos) throws InterruptedException {
        var left = nanos;
        lock.lock();
        try {
            while (left > 0 && !shut) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    void open() {
        set(true, false);
    }

    /** Lets nobody in, and waits until nobody is inside any more. */
    boolean close(Duration patience) throws InterruptedException {
        set(false, false);
        return awaitEmpty(patience);
    }

    boolean shut(Duration patience) throws InterruptedException {
        set(false, true);
        return awaitEmpty(patience);
    }

    boolean isOpen() {
        lock.lock();
        try {
            return open && !shut;
        } finally {
            lock.unlock();
        }
    }

    boolean isShut() {
        lock.lock();
        try {
            return shut;
        } finally {
            lock.unlock();
        }
    }

    private void set(boolean nowOpen, boolean nowShut) {
        lock.lock();
        try {
            shut |= nowShut;
            open = nowOpen;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private boolean awaitEmpty(Duration patience) throws InterruptedException {
        var left = patience.toNanos();
        lock.lock();
        try {
            while (inside > 0 && left > 0) {
                left = changed.awaitNanos(left);
            }
            return inside == 0;
        } finally {
            lock.unlock();
        }
    }
}
