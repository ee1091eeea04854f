package dev.failureaware.cdc.verifier;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;

/**
 * How the pipeline stands at one moment; what is not known is null.
 *
 * @param lag events in Kafka that the sink has not applied
 * @param retainedWalBytes log that the source keeps for the replication slot
 * @param unconfirmedWalBytes log written since the position that the connector has confirmed
 * @param sourceCommitsPerSecond transactions that got an id at the source's server since the sample before: those that write,
 *     in whatever database, rolled back ones included
 * @param sinkRowsPerSecond rows written to tables at the sink since the sample before, the sink's own bookkeeping left out;
 *     the server counts them up to a second late
 * @param differences rows that differ, as the last verification found; those of events in flight included
 */
@RegisterForReflection
record Sample(
        Instant timestamp,
        Long lag,
        Long retainedWalBytes,
        Long unconfirmedWalBytes,
        Double sourceCommitsPerSecond,
        Double sinkRowsPerSecond,
        Long differences) {}
