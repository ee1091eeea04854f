package dev.failureaware.cdc.injector.client;

/** A failure that a person can act on: its message is all that need be shown. */
public final class InjectorException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What went wrong, as far as a caller has to know. */
    public enum Kind {
        /** It does something else, does not lead, or has lost the run. */
        NO_VERDICT(1),
        /** What was asked for is wrong, not allowed or not possible; nothing was touched. */
        REFUSED(2),
        UNREACHABLE(3);

        private final int exitCode;

        Kind(int exitCode) {
            this.exitCode = exitCode;
        }
    }

    private final Kind kind;

    InjectorException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    InjectorException(Kind kind, String message) {
        this(kind, message, null);
    }

    public Kind kind() {
        return kind;
    }

    /** Of a command that ends with it; 0 is a PASS. */
    public int exitCode() {
        return kind.exitCode;
    }
}
