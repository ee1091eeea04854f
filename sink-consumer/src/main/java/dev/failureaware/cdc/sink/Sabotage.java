package dev.failureaware.cdc.sink;

import dev.failureaware.cdc.sink.decode.Decoded;
import java.util.List;

/** Ways of being wrong on purpose, to prove that the verifier notices. Never set outside tests. */
enum Sabotage {
    NONE {
        @Override
        List<Decoded> spoil(List<Decoded> events) {
            return events;
        }
    },
    /** Deleted rows stay, as in a sink that only upserts. */
    IGNORE_DELETES {
        @Override
        List<Decoded> spoil(List<Decoded> events) {
            return events.stream()
                    .map(event -> event instanceof Decoded.Delete
                            ? new Decoded.Tombstone(event.partition(), event.offset())
                            : event)
                    .toList();
        }
    };

    abstract List<Decoded> spoil(List<Decoded> events);
}
