package dev.failureaware.cdc.chaos;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Supplier;

/** Outcomes as counters and timers, for dashboards that outlive a run. All are listed in docs/metrics.md. */
final class RunMetrics {
    private static final Duration[] RECOVERIES = {
        Duration.ofSeconds(1),
        Duration.ofMillis(2500),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(20),
        Duration.ofSeconds(30),
        Duration.ofMinutes(1),
        Duration.ofMinutes(2),
        Duration.ofMinutes(5),
        Duration.ofMinutes(15)
    };

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
        for (var type : FaultType.values()) {
            timeToConsistency(type);
            for (var verdict : OutcomeVerdict.values()) {
                failures(type, verdict);
            }
        }
    }

    void record(Outcome outcome) {
        failures(outcome.type(), outcome.verdict()).increment();
        if (outcome.timeToConsistencySeconds() != null) {
            timeToConsistency(outcome.type())
                    .record(Duration.ofMillis(Math.round(outcome.timeToConsistencySeconds() * 1000)));
        }
    }

    private Counter failures(FaultType type, OutcomeVerdict verdict) {
        return Counter.builder("cdc.chaos.failures")
                .description("Failures that were injected, by what became of them")
                .tag("type", type.id())
                .tag("verdict", verdict.name().toLowerCase(Locale.ROOT))
                .register(registry);
    }

    private Timer timeToConsistency(FaultType type) {
        return Timer.builder("cdc.chaos.time.to.consistency")
                .description("From the end of a fault until both sides were proven equal")
                .tag("type", type.id())
                .serviceLevelObjectives(RECOVERIES)
                .register(registry);
    }
}
