package dev.failureaware.cdc.sink;

import dev.failureaware.cdc.sink.apply.FailureKind;
import dev.failureaware.cdc.sink.apply.PlanApplier;
import dev.failureaware.cdc.sink.decode.Operation;
import dev.failureaware.cdc.sink.plan.Plan;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Counters since the start of the process; what must survive a restart is counted in the database. Told once for each batch.
 * All are listed in docs/metrics.md.
 */
@Startup
@ApplicationScoped
class SinkMetrics {
    /** From what a quiet machine does to a backlog of an hour. */
    private static final Duration[] DELAYS = {
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2500),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Duration.ofMinutes(1),
        Duration.ofMinutes(5),
        Duration.ofMinutes(15),
        Duration.ofHours(1)
    };

    private final MeterRegistry registry;
    private final StoppedTables stopped;
    private final Clock clock = Clock.systemUTC();
    private final Counter duplicates;
    private final Counter upserted;
    private final Counter deleted;
    private final Counter swept;
    private final Counter parked;
    private final Timer delay;
    private final Timer batches;

    SinkMetrics(MeterRegistry registry, StoppedTables stopped) {
        this.registry = registry;
        // The registry holds what it asks only weakly.
        this.stopped = stopped;
        Gauge.builder(
                        "cdc.sink.tables.stopped",
                        this.stopped,
                        tables -> tables.all().size())
                .description("Tables whose events wait for a decision about their schema")
                .register(registry);
        duplicates = Counter.builder("cdc.sink.duplicates")
                .description("Events that were recognised as applied before")
                .register(registry);
        upserted = rows("upserted");
        deleted = rows("deleted");
        swept = rows("swept");
        parked = Counter.builder("cdc.sink.parked")
                .description("Records that were put aside because they could not be applied")
                .register(registry);
        delay = Timer.builder("cdc.sink.delay")
                .description("From a commit at the source until the commit that made it visible at the sink")
                .serviceLevelObjectives(DELAYS)
                .register(registry);
        batches = Timer.builder("cdc.sink.batch")
                .description("Time that the transaction of one batch took")
                .register(registry);
        for (var operation : Operation.values()) {
            events(operation);
        }
        for (var kind : FailureKind.values()) {
            failures(kind);
        }
    }

    /** @param took the plan's transaction, which has just been committed */
    void applied(Plan plan, PlanApplier.Result result, Duration took) {
        var now = clock.millis() * 1000;
        for (var commit : plan.commits()) {
            // The source's clock may be ahead of this one.
            delay.record(Math.max(0, now - commit), TimeUnit.MICROSECONDS);
        }
        batches.record(took);
        plan.eventsApplied().forEach((operation, count) -> events(operation).increment(count));
        duplicates.increment(plan.duplicates() + result.unchanged());
        upserted.increment(result.upserted());
        deleted.increment(result.deleted());
        parked.increment(plan.parked().size());
    }

    void failed(FailureKind kind) {
        failures(kind).increment();
    }

    void swept(long rows) {
        swept.increment(rows);
    }

    private Counter rows(String change) {
        return Counter.builder("cdc.sink.rows")
                .description("Rows that were written, deleted, or removed after a snapshot without them")
                .tag("change", change)
                .register(registry);
    }

    private Counter events(Operation operation) {
        return Counter.builder("cdc.sink.events")
                .description("Events that took effect, those that a later one of the same row replaced included")
                .tag("operation", operation.name().toLowerCase(Locale.ROOT))
                .register(registry);
    }

    private Counter failures(FailureKind kind) {
        return Counter.builder("cdc.sink.failures")
                .description("Tries of a batch that failed")
                .tag("kind", kind.name().toLowerCase(Locale.ROOT))
                .register(registry);
    }
}
