package dev.failureaware.cdc.sink.decode;

/**
 * Where in the source's log an event stands.
 *
 * @param lsn lsn of the row's change; for a snapshot row that of the snapshot. Not unique and not monotone in a stream
 * @param previousCommitLsn first part of {@code sequence}: end of the commit before the event's transaction; null from a
 *     snapshot until the first commit after it
 * @param commitMicros commit time at the source, microseconds since 1970
 * @param snapshot the event's place in a snapshot
 */
public record Source(long lsn, Long previousCommitLsn, long commitMicros, Snapshot snapshot) {

    /** Debezium's snapshot marker. */
    public enum Snapshot {
        NONE,
        PART,
        /** The last row of its table: everything of that table was sent before. */
        LAST_OF_TABLE,
        /** The last row of the whole snapshot. */
        LAST,
        /** Of an incremental snapshot, which runs beside the stream and proves nothing about rows it does not hold. */
        INCREMENTAL;

        static Snapshot of(String marker) {
            return switch (marker) {
                case "", "false" -> NONE;
                case "last_in_data_collection" -> LAST_OF_TABLE;
                case "last" -> LAST;
                case "incremental" -> INCREMENTAL;
                default -> PART;
            };
        }
    }

    /** Whether the event is a row of a full snapshot, taken at {@link #lsn()}. */
    public boolean ofSnapshot() {
        return snapshot != Snapshot.NONE && snapshot != Snapshot.INCREMENTAL;
    }
}
