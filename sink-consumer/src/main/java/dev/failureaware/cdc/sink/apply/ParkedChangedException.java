package dev.failureaware.cdc.sink.apply;

/** A parked record was replayed between planning and writing. Nothing was written; the same batch is planned anew. */
final class ParkedChangedException extends RuntimeException {
    ParkedChangedException() {
        super("a parked record was replayed in the meantime");
    }
}
