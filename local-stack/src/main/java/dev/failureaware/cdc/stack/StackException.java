package dev.failureaware.cdc.stack;

/** A failure that a person can act on: its message is all that is shown, its code is the command's exit code. */
public final class StackException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ExitCode exitCode;

    StackException(ExitCode exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    StackException(ExitCode exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    public static StackException badInput(String message) {
        return new StackException(ExitCode.BAD_INPUT, message);
    }

    public static StackException notStarted(String message) {
        return new StackException(ExitCode.NOT_STARTED, message);
    }

    public ExitCode exitCode() {
        return exitCode;
    }
}
