package dev.failureaware.cdc.sink.apply;

/** What a row held under its old key cannot be known, or not yet: the row of the new key is to be put aside. */
final class UntoldRowException extends RuntimeException {
    UntoldRowException(String reason) {
        super(reason);
    }
}
