package dev.failureaware.cdc.chaos;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Supplier;

/** Outcomes as counters and timers, for dashboards that outlive a run. */
final class RunMetrics {
    private final MeterRegistry registry;

    /** @param state exported as one gauge per state, 1 for the present one */
    RunMetrics(MeterRegistry registry, Supplier<RunState> state) {
        this.registry = registry;
        for (var each : RunState.values()) {
            Gauge.builder("cdc.chaos.state", () -> state.get() == each ? 1 : 0)
                    .tag("state", each.id())
                    .description("What the injector does: 1 for the present state")
                    .register(registry);
        }
    }

    void record(Outcome outcome) {
        registry.counter(
                        "cdc.chaos.failures",
                        "type",
                        outcome.type().id(),
                        "verdict",
                        outcome.verdict().name().toLowerCase(Locale.ROOT))
                .increment();
        if (outcome.timeToConsistencySeconds() != null) {
            registry.timer(
                            "cdc.chaos.time.to.consistency",
                            "type",
                            outcome.type().id())
                    .record(Duration.ofMillis(Math.round(outcome.timeToConsistencySeconds() * 1000)));
        }
    }
}
