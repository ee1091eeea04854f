package dev.failureaware.cdc.verifier;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;

/** How a fence travels. */
enum FenceKind {
    /** A logical message that Debezium sends, and offsets: exact for any number of partitions. */
    MESSAGE,
    /** A row of a captured table, without Kafka. */
    MARKER;

    @ApplicationScoped
    static class Choice {
        @Produces
        @ApplicationScoped
        Fence fence(VerifierConfig config, Fences messages, MarkerFence marker) {
            return switch (config.fence()) {
                case MESSAGE -> messages;
                case MARKER -> marker;
            };
        }
    }
}
