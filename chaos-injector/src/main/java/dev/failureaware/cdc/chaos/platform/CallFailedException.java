package dev.failureaware.cdc.chaos.platform;

/** Another part of the pipeline did not do what it was asked, or could not be asked. The message says who and what. */
public final class CallFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean isFinal;

    private CallFailedException(String message, Throwable cause, boolean isFinal) {
        super(message, cause);
        this.isFinal = isFinal;
    }

    public CallFailedException(String message, Throwable cause) {
        this(message, cause, false);
    }

    public CallFailedException(String message) {
        this(message, null, false);
    }

    /** Asking again, as long as nobody changes something, would fail again. */
    public static CallFailedException forGood(String message) {
        return new CallFailedException(message, null, true);
    }

    public static CallFailedException forGood(String message, Throwable cause) {
        return new CallFailedException(message, cause, true);
    }

    public boolean isFinal() {
        return isFinal;
    }
}
