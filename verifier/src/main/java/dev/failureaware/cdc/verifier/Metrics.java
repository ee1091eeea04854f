package dev.failureaware.cdc.verifier;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Optional;
import java.util.function.Function;

/** Gauges of the last verification; NaN where it does not know. */
@ApplicationScoped
class Metrics {
    private final Verifications verifications;
    private final MeterRegistry registry;

    Metrics(Verifications verifications, MeterRegistry registry) {
        this.verifications = verifications;
        this.registry = registry;
    }

    void register(@Observes StartupEvent event) {
        gauge("cdc.verdict", "", "0 pass, 1 in progress, 2 unknown, 3 fail", report ->
                (long) report.status().ordinal());
        gauge(
                "cdc.lag.events",
                "",
                "events in Kafka that the sink has not applied",
                report -> report.summary().lag());
        gauge(
                "cdc.differences",
                "missing",
                "rows that differ",
                report -> report.summary().totalMissing());
        gauge(
                "cdc.differences",
                "orphan",
                "rows that differ",
                report -> report.summary().totalOrphans());
        gauge(
                "cdc.differences",
                "mismatch",
                "rows that differ",
                report -> report.summary().totalMismatches());
        gauge(
                "cdc.parked",
                "",
                "records that the sink put aside",
                report -> report.summary().parked());
        gauge(
                "cdc.slot.retained.bytes",
                "",
                "log that the source keeps for the replication slot",
                report -> Optional.ofNullable(report.pipeline().slot())
                        .map(Report.Slot::retainedWalBytes)
                        .orElse(null));
    }

    private void gauge(String name, String differenceClass, String meaning, Function<Report, Long> value) {
        var gauge = Gauge.builder(
                        name,
                        verifications,
                        source -> source.finished()
                                .map(value)
                                .map(Long::doubleValue)
                                .orElse(Double.NaN))
                .description(meaning);
        (differenceClass.isEmpty() ? gauge : gauge.tag("class", differenceClass)).register(registry);
    }
}
