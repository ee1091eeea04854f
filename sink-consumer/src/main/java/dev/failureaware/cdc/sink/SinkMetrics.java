package dev.failureaware.cdc.sink;

import dev.failureaware.cdc.sink.apply.FailureKind;
import dev.failureaware.cdc.sink.apply.PlanApplier;
import dev.failureaware.cdc.sink.decode.Operation;
import dev.failureaware.cdc.sink.plan.Plan;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Locale;

/** Counters since the start of the process; what must survive a restart is counted in the database. */
@Startup
@ApplicationScoped
class SinkMetrics {
    private final MeterRegistry registry;
    private final StoppedTables stopped;
    private final Counter duplicates;
    private final Counter upserted;
    private final Counter deleted;
    private final Counter swept;
    private final Counter parked;

    SinkMetrics(MeterRegistry registry, StoppedTables stopped) {
        this.registry = registry;
        // The registry holds what it asks only weakly.
        this.stopped = stopped;
        registry.gauge(
                "cdc.sink.tables.stopped", this.stopped, tables -> tables.all().size());
        duplicates = registry.counter("cdc.sink.duplicates");
        upserted = registry.counter("cdc.sink.rows", "change", "upserted");
        deleted = registry.counter("cdc.sink.rows", "change", "deleted");
        swept = registry.counter("cdc.sink.rows", "change", "swept");
        parked = registry.counter("cdc.sink.parked");
        for (var operation : Operation.values()) {
            events(operation);
        }
        for (var kind : FailureKind.values()) {
            failures(kind);
        }
    }

    void applied(Plan plan, PlanApplier.Result result) {
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

    private Counter events(Operation operation) {
        return registry.counter("cdc.sink.events", "operation", operation.name().toLowerCase(Locale.ROOT));
    }

    private Counter failures(FailureKind kind) {
        return registry.counter("cdc.sink.failures", "kind", kind.name().toLowerCase(Locale.ROOT));
    }
}
