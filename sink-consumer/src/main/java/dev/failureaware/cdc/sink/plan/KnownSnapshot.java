package dev.failureaware.cdc.sink.plan;

/**
 * A snapshot of which the sink has seen a row, in whatever partition.
 *
 * @param takenMicros when it was taken, by the connector's clock, microseconds since 1970; {@link #NOT_KNOWN}
 */
public record KnownSnapshot(long lsn, long takenMicros) {
    public static final long NOT_KNOWN = Long.MIN_VALUE;

    /** By how much the clocks of source and connector may differ; the sweep says the same in SQL. */
    private static final long CLOCKS_DIFFER_MICROS = 2_000_000;

    /** Whether what was committed then may have come after it. */
    boolean mayBeBefore(long commitMicros) {
        return takenMicros == NOT_KNOWN || commitMicros >= takenMicros - CLOCKS_DIFFER_MICROS;
    }
}
