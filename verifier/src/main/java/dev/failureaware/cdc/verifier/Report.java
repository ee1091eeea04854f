package dev.failureaware.cdc.verifier;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.failureaware.cdc.model.Verdict;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A finished verification, as it is answered over HTTP.
 *
 * @param reason why it is not PASS
 * @param fence the first fence of the verification, null when none was passed
 * @param tables by label; empty when no comparison was made
 */
@RegisterForReflection
record Report(
        Verdict status,
        @JsonInclude(JsonInclude.Include.NON_NULL) String reason,
        Instant timestamp,
        long durationMillis,
        Fence fence,
        Map<String, Table> tables,
        List<Check> checks,
        Summary summary,
        Pipeline pipeline,
        List<Failure> failures,
        List<Past> history) {

    @RegisterForReflection
    record Fence(String lsn, Instant committedAt, long reachedAfterMillis) {}

    /**
     * @param missing rows of the source that the sink proves not to have; null when not compared, like the other two
     * @param orphans rows of the sink that the source proves not to have, doubled ones included
     * @param classes the same rows by what is proven of each: labels of {@link RowClass}, none that is zero
     * @param atLeast more rows differ than were looked at, so the three numbers are lower bounds
     * @param unsettled rows that were written during every look, and rows whose difference is not final yet
     */
    @RegisterForReflection
    record Table(
            Verdict status,
            Counts counts,
            Long missing,
            Long orphans,
            Long mismatches,
            Map<String, Long> classes,
            boolean atLeast,
            long unsettled,
            List<Difference> differences) {}

    /** Rows; for the sink see {@link TableCheck#sinkRows}. */
    @RegisterForReflection
    record Counts(Long source, Long sink) {}

    @RegisterForReflection
    record Check(String name, Verdict status, String detail) {}

    /**
     * @param lag events in Kafka that the sink has not applied at the end of the verification; null when unknown, like every
     *     other number
     */
    @RegisterForReflection
    record Summary(
            Long totalSourceRows,
            Long totalSinkRows,
            Long totalMissing,
            Long totalOrphans,
            Long totalMismatches,
            Long lag,
            Long duplicatesAbsorbed,
            Long parked) {
        /** Rows that differ; null when it is not known. */
        Long differences() {
            return totalMissing == null || totalOrphans == null || totalMismatches == null
                    ? null
                    : totalMissing + totalOrphans + totalMismatches;
        }

        static final Summary NOTHING_KNOWN = new Summary(null, null, null, null, null, null, null, null);
    }

    /**
     * Parts are null when they could not be asked for.
     *
     * @param sinkVersion of PostgreSQL at the sink
     * @param partitions how far the sink is in each
     * @param lastEvent when the newest event that the verifier has read came to Kafka; null before the first
     * @param findings what has passed its threshold; never null
     */
    @RegisterForReflection
    record Pipeline(
            Slot slot,
            Connector connector,
            String sinkVersion,
            List<Lag.OfPartition> partitions,
            Instant lastEvent,
            List<Finding> findings) {
        static final Pipeline NOTHING_KNOWN = new Pipeline(null, null, null, null, null, List.of());
    }

    /**
     * @param retainedWalBytes log that the source keeps for it
     * @param unconfirmedBytes log written since the position that the connector has confirmed
     * @param walStatus as pg_replication_slots has it: reserved, extended, unreserved, lost
     */
    @RegisterForReflection
    record Slot(
            boolean active, Long retainedWalBytes, String confirmedFlushLsn, Long unconfirmedBytes, String walStatus) {}

    /** A state of the pipeline that has passed a threshold. It says where to look; the verdict is about the data alone. */
    @RegisterForReflection
    record Finding(@JsonProperty("class") String kind, String subject, String detail) {}

    @RegisterForReflection
    record Connector(String state, List<String> tasks) {
        /** A connector says RUNNING although its task has failed. */
        boolean running() {
            return state.equals("RUNNING") && !tasks.isEmpty() && tasks.stream().allMatch("RUNNING"::equals);
        }
    }

    /**
     * @param kind label of a {@link RowClass}, or another class of finding; null where it only follows from others
     * @param table null when it is about no single table
     * @param count rows, columns or records that it is about
     */
    @RegisterForReflection
    record Failure(String check, @JsonProperty("class") String kind, String table, long count, String detail) {}

    @RegisterForReflection
    record Past(Instant timestamp, Verdict status) {}
}
