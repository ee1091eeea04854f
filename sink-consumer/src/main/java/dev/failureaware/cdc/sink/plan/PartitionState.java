package dev.failureaware.cdc.sink.plan;

/**
 * Where one topic-partition stands in the sink database.
 *
 * @param nextOffset Kafka offset of the first record not applied
 * @param watermark highest streamed source position, or null
 * @param snapshot where the rows of the newest snapshot begin that has any in the partition, or null
 */
public record PartitionState(long nextOffset, Watermark watermark, SnapshotStart snapshot) {
    PartitionState(long nextOffset, Watermark watermark) {
        this(nextOffset, watermark, null);
    }

    /** A partition that nothing is known of but its offset. */
    public static PartitionState at(long nextOffset) {
        return new PartitionState(nextOffset, null);
    }

    /**
     * @param lsn of the snapshot
     * @param offset of its first row in the partition: the connector has sent everything before it before it took the snapshot
     */
    public record SnapshotStart(long lsn, long offset) {
        /** @param known may be null */
        static SnapshotStart newer(SnapshotStart known, SnapshotStart seen) {
            return known == null || seen.lsn > known.lsn ? seen : known;
        }
    }
}
