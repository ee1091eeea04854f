package dev.failureaware.cdc.sink;

import dev.failureaware.cdc.sink.decode.Decoded;

/** Ways of being wrong on purpose, to prove that the verifier notices. Never set outside tests. */
enum Sabotage {
    NONE {
        @Override
        Decoded spoil(Decoded event) {
            return event;
        }
    },
    /** Deleted rows stay, as in a sink that only upserts. */
    IGNORE_DELETES {
        @Override
        Decoded spoil(Decoded event) {
            return event instanceof Decoded.Delete ? new Decoded.Tombstone(event.partition(), event.offset()) : event;
        }
    };

    abstract Decoded spoil(Decoded event);
}
