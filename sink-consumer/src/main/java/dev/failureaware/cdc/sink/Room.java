package dev.failureaware.cdc.sink;

import io.smallrye.mutiny.Uni;
import java.util.concurrent.CompletableFuture;

/** Counts the bytes that wait in all lanes or are being written, and lets no more in while they are too many. */
final class Room {
    private final long mostBytes;
    private long taken;
    private CompletableFuture<Void> free = CompletableFuture.completedFuture(null);

    Room(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    synchronized void take(long bytes) {
        taken += bytes;
        if (taken >= mostBytes && free.isDone()) {
            free = new CompletableFuture<>();
        }
    }

    void give(long bytes) {
        CompletableFuture<Void> waiting = null;
        synchronized (this) {
            taken -= bytes;
            if (taken < mostBytes && !free.isDone()) {
                waiting = free;
            }
        }
        if (waiting != null) {
            waiting.complete(null);
        }
    }

    synchronized long taken() {
        return taken;
    }

    /** Completes when there is room. */
    synchronized Uni<Void> awaited() {
        return Uni.createFrom().completionStage(free);
    }
}
