package dev.failureaware.cdc.verifier;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;

/** All settings of the verifier, beside the two datasources, the Kafka address and the HTTP port. */
@ConfigMapping(prefix = "verifier")
public interface VerifierConfig {
    /** Debezium's {@code topic.prefix}: data is on {@code PREFIX.schema.table}, logical messages on {@code PREFIX.message}. */
    @NotBlank @WithDefault("shop")
    String topicPrefix();

    /** The publication that says which tables and columns are captured. */
    @NotBlank @WithDefault("cdc_publication")
    String publication();

    /** The replication slot whose state is reported. */
    @NotBlank @WithDefault("cdc_slot")
    String slot();

    /** Kafka Connect's REST address; without it the connector's state is reported as unknown. */
    Optional<URI> connectUrl();

    @NotBlank @WithDefault("shop")
    String connector();

    /** Captured tables that are not data; {@code name} or {@code schema.name}. */
    @NotEmpty @WithDefault("cdc_heartbeat")
    List<String> excludedTables();

    /**
     * Tables of the source that are not meant for the sink: regular expressions for {@code schema.name}. Any other table that
     * has rows and is not captured is a failure.
     */
    Optional<List<String>> uncapturedTables();

    /**
     * {@code message} for a pipeline through Debezium and Kafka. {@code marker} for any other that applies changes in the order
     * of their commits: nothing is asked of Kafka then, so the lag and what is in topics stay unknown.
     */
    @WithDefault("message")
    FenceKind fence();

    /** Of the fence {@code marker}: {@code (id int PRIMARY KEY, token text)}, captured, and written by the verifier. */
    @NotBlank @WithDefault("cdc_fence")
    String markerTable();

    /**
     * Consumer group of a sink that is not ours and commits its offsets to Kafka after it has written the rows. Where it is set,
     * these offsets say how far the sink is, in place of the sink-consumer's bookkeeping.
     */
    Optional<String> sinkGroup();

    /** From where on the state of the pipeline is a finding. */
    Thresholds threshold();

    /** Time between scheduled verifications: a duration as Quarkus Scheduler reads it, or {@code off}. */
    @NotBlank @WithDefault("5s")
    String every();

    /** How long a scheduled verification waits for one fence before it says that the pipeline is not in step yet. */
    @DurationMin(millis = 100)
    @DurationMax(minutes = 10)
    @WithDefault("3s")
    Duration scheduledFenceLimit();

    /** The longest that a whole scheduled verification may take. */
    @DurationMin(seconds = 1)
    @DurationMax(hours = 1)
    @WithDefault("60s")
    Duration scheduledLimit();

    /** Most looks at a row that differs before it is left as unsettled. A difference needs two looks to be final. */
    @Min(2) @Max(100) @WithDefault("8")
    int looks();

    /** Most rows, differing or of the ledger, that are held in memory; where there are more, they are dealt with in portions. */
    @Min(1) @Max(1_000_000) @WithDefault("50000")
    int maxCandidates();

    /**
     * Most rows that one statement reads on each side. Larger tables are read in ranges of their key, so that no snapshot is
     * held for longer; tables without a key, or whose keys the two servers order differently, are read as a whole.
     */
    @Min(1) @WithDefault("25000000")
    long rowsInOneStatement();

    /** Most processes that a database may put to work on one statement beside the session's own. */
    @Min(0) @Max(64) @WithDefault("2")
    int parallelWorkers();

    /** Most differing rows of one table that a report names. */
    @Min(1) @Max(1000) @WithDefault("20")
    int examples();

    /** The load generator's address, for the check of its ledger. */
    Optional<URI> loadGeneratorUrl();

    /** The chaos-injector's address; with it, charts show the failures that it causes. No verdict depends on it. */
    Optional<URI> injectorUrl();

    /** The sink-consumer's address; without it nobody asks whether it is ready. */
    Optional<URI> sinkConsumerUrl();

    /** Time between two looks of the dashboard: a duration as Quarkus Scheduler reads it, or {@code off}. */
    @NotBlank @WithDefault("1s")
    String lookEvery();

    /** Time between two looks at lag, log and rates: a duration as Quarkus Scheduler reads it, or {@code off}. 1800 are kept. */
    @NotBlank @WithDefault("2s")
    String sampleEvery();

    /**
     * File that keeps the verdicts over a restart, and with {@code .faults} behind its name the failures that were caused;
     * without it they are kept in memory only.
     */
    Optional<Path> historyFile();
}
