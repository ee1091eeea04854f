package dev.failureaware.cdc.sink;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.NotBlank;
import java.time.Duration;

/** Settings of the sink-consumer; the Kafka channel and the database have Quarkus' own. */
@ConfigMapping(prefix = "sink")
interface SinkConfig {
    /** The connector's {@code topic.prefix}; every topic {@code PREFIX.SCHEMA.TABLE} is consumed. */
    @NotBlank String topicPrefix();

    /** First and longest pause between two tries of a batch while the database is away. */
    @WithDefault("200ms")
    Duration retryMin();

    @WithDefault("5s")
    Duration retryMax();

    /** How long a rebalance waits for the batch in progress; a longer one is dropped and read again by the next owner. */
    @WithDefault("5s")
    Duration revokeWait();

    /** Only for tests of the verifier: a way in which this sink shall be wrong. */
    @WithDefault("none")
    Sabotage sabotage();
}
