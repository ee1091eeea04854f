package dev.failureaware.cdc.stack;

/** What a command's exit code means. An interrupted command ends with 130, which the Java runtime gives by itself. */
public enum ExitCode {
    OK(0),
    /** The work was done and its result is bad: a verdict other than PASS, a part that is not healthy. */
    VERDICT(1),
    /** An argument, an environment variable or a scenario was refused; nothing was started. */
    BAD_INPUT(2),
    /** The stack did not start or is not running. */
    NOT_STARTED(3);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }
}
