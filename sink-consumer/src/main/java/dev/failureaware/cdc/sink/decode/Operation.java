package dev.failureaware.cdc.sink.decode;

/** Debezium's operations. */
public enum Operation {
    SNAPSHOT_READ("r"),
    INSERT("c"),
    UPDATE("u"),
    DELETE("d"),
    TRUNCATE("t");

    private final String code;

    Operation(String code) {
        this.code = code;
    }

    /** The letter in the event's {@code op}. */
    public String code() {
        return code;
    }
}
