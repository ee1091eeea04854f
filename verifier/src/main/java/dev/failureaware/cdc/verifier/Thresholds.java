package dev.failureaware.cdc.verifier;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.Optional;

/** From where on the state of the pipeline is a finding. A finding says what to look at; the verdict is about the data alone. */
public interface Thresholds {
    /** Events of one partition that the sink has not applied. */
    @Min(0) @WithDefault("100000")
    long lag();

    /** Log that the source keeps for the replication slot. */
    @WithDefault("1G")
    MemorySize retainedWal();

    /** Log that was written since the position that the connector has confirmed. */
    @WithDefault("1G")
    MemorySize unconfirmedWal();

    /** Records that are parked. */
    @Min(0) @WithDefault("0")
    long parked();

    /**
     * Since the last record of a transaction that is open in a topic. Kafka ends one within its producer's
     * {@code transaction.timeout.ms} and ten seconds, unless it has lost sight of it.
     */
    @WithDefault("2m")
    Duration openTransaction();

    /** Since the last event arrived in any topic of a captured table; without it, silence is never a finding. */
    Optional<Duration> silence();
}
