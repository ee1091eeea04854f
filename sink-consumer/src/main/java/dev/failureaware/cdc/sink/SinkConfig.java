package dev.failureaware.cdc.sink;

import dev.failureaware.cdc.sink.apply.SchemaPolicy.MissingTable;
import dev.failureaware.cdc.sink.apply.SchemaPolicy.OnChange;
import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import java.time.Duration;
import java.util.Optional;

/** Settings of the sink-consumer; the Kafka channel and the database have Quarkus' own. */
@ConfigMapping(prefix = "sink")
interface SinkConfig {
    /** The connector's {@code topic.prefix}; every topic {@code PREFIX.SCHEMA.TABLE} is consumed. */
    @NotBlank String topicPrefix();

    /** Partitions are spread over so many lanes, each with batches, transactions and retries of its own. */
    @Min(1) @Max(64) @WithDefault("2")
    int lanes();

    /** Most records in one transaction; also the most work that a crash can repeat. */
    @Min(1) @WithDefault("5000")
    int batchRecords();

    /** Most memory that the records of one transaction take, about; a single record may exceed it. */
    @WithDefault("6M")
    MemorySize batchBytes();

    /**
     * Memory that records may take which wait in all lanes or are being written, about: twice their bytes without the schema
     * part, and some for each. Above that, nothing more is taken from Kafka. Beside it stand what the client has fetched ahead
     * and three polls.
     */
    @WithDefault("16M")
    MemorySize maxWaiting();

    /** Where the connector says what its snapshots found; one partition. Empty: tables without rows are not swept. */
    @WithDefault("${sink.topic-prefix}.notifications")
    Optional<String> notificationTopic();

    /** First and longest pause between two tries of a batch while the database is away. */
    @WithDefault("200ms")
    Duration retryMin();

    @WithDefault("5s")
    Duration retryMax();

    /** How often a stopped table is tried again. */
    @WithDefault("5s")
    Duration stoppedRetry();

    /** What becomes of later events of a key of which a record is parked: parked behind it, or its partition waits. */
    @WithDefault("park")
    BehindParked behindParked();

    enum BehindParked {
        PARK,
        WAIT
    }

    /**
     * Gets a copy of each parked record; created where it is missing and this client may. Must not be one of the consumed
     * topics. Empty for none.
     */
    @WithDefault("${sink.topic-prefix}-dead-letter")
    Optional<String> deadLetterTopic();

    /**
     * How long a row that hurts a unique, exclusion or foreign key constraint is tried again, because what it lacks may be in
     * another partition; then it is parked.
     */
    @WithDefault("30s")
    Duration constraintPatience();

    /** How long a rebalance waits for the batch in progress; a longer one is dropped and read again by the next owner. */
    @WithDefault("5s")
    Duration revokeWait();

    /** Whether the sink creates a table that is missing, or lets its events wait until somebody has. */
    @WithDefault("create")
    MissingTable missingTables();

    /** A column that the source has dropped: drop it too, keep it and write it no more, or stop the table. */
    @WithDefault("keep")
    OnChange onDrop();

    /**
     * Columns that are gone while others are new. {@code apply} renames where there is one of each and the type is the same;
     * {@code keep} takes them for different columns.
     */
    @WithDefault("stop-table")
    OnChange onRename();

    /** A type that no longer holds all that it held: {@code keep} leaves the sink's type where that holds the new values. */
    @WithDefault("stop-table")
    OnChange onNarrowing();

    /** A span for each applied batch, sent as OpenTelemetry's own variables say ({@code OTEL_EXPORTER_OTLP_ENDPOINT} …). */
    @WithDefault("false")
    boolean tracing();

    /** Only for tests of the verifier: a way in which this sink shall be wrong. */
    @WithDefault("none")
    Sabotage sabotage();
}
