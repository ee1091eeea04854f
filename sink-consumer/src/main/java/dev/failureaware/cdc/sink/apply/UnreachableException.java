package dev.failureaware.cdc.sink.apply;

/** A neighbour beside the sink database does not answer, or does not let this client in. Nothing was written there. */
public final class UnreachableException extends RuntimeException {
    public UnreachableException(String what, Throwable cause) {
        super(what + ": " + cause.getMessage(), cause);
    }
}
