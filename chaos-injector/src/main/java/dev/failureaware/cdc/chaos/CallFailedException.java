package dev.failureaware.cdc.chaos;

/** Another part of the pipeline did not do what it was asked, or could not be asked. The message says who and what. */
final class CallFailedException extends Exception {
    CallFailedException(String message, Throwable cause) {
        super(message, cause);
    }

    CallFailedException(String message) {
        super(message);
    }
}
