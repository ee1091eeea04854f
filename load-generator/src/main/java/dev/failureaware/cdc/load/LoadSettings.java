package dev.failureaware.cdc.load;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.nio.file.Path;
import java.time.Duration;

/** What the load looks like and where its ledger is. */
@ConfigMapping(prefix = "load")
interface LoadSettings {
    /** Commits per second, all writers together. What the database cannot take is left out, not queued. */
    @DecimalMin("0.1") @DecimalMax("5000") @WithDefault("20")
    double rate();

    /** The same seed on the same rows gives the same sequence of intents (of each writer, when there are several). */
    @WithDefault("1")
    long seed();

    /** Connections that write at the same time, each on rows of its own; more than one only helps at high rates. */
    @Min(1) @Max(32) @WithDefault("1")
    int writers();

    /** The current file of the ledger; older ones stand beside it as {@code NAME.1}, {@code NAME.2}, the oldest last. */
    @WithDefault("load-ledger.ndjson")
    Path ledger();

    /** Size at which a new file of the ledger begins. */
    @WithDefault("64M")
    MemorySize ledgerMaxSize();

    /** Older files of the ledger that are kept; what is older than those is deleted. */
    @Min(1) @Max(1000) @WithDefault("8")
    int ledgerKeptFiles();

    /** How long a transaction may take before it is given up: failed before COMMIT was sent, unknown after. */
    @WithDefault("5s")
    Duration transactionTimeout();

    /** Pause after the first failure in a row; doubles with each further one. */
    @WithDefault("100ms")
    Duration backoffInitial();

    @WithDefault("2s")
    Duration backoffMax();

    /** How far behind its schedule the load may be and still catch up; what was missed before that is dropped. */
    @WithDefault("1s")
    Duration maxCatchUp();

    /** Customers, with their orders, that a writer keeps in mind for later changes. */
    @Min(10) @Max(100_000) @WithDefault("2000")
    int workingSet();
}
