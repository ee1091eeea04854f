package dev.failureaware.cdc.verifier;

import dev.failureaware.cdc.model.Verdict;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** Gauges of the last verification, NaN where it does not know, and the number of verifications by verdict. */
@ApplicationScoped
class Metrics {
    private final MeterRegistry registry;
    private final MultiGauge lagOfPartitions;
    private volatile Report last;

    Metrics(MeterRegistry registry) {
        this.registry = registry;
        this.lagOfPartitions = MultiGauge.builder("cdc.lag.partition.events")
                .description("events of a partition that the sink has not applied")
                .register(registry);
    }

    void register(@Observes StartupEvent event) {
        gauge("cdc.verdict", "", "0 pass, 1 in progress, 2 unknown, 3 fail", report ->
                (long) report.status().ordinal());
        gauge(
                "cdc.lag.events",
                "",
                "events in Kafka that the sink has not applied",
                report -> report.summary().lag());
        for (var rowClass : RowClass.values()) {
            gauge("cdc.differences", rowClass.label(), "rows that differ", report -> rows(report, rowClass));
        }
        gauge(
                "cdc.parked",
                "",
                "records that the sink put aside",
                report -> report.summary().parked());
        gauge("cdc.findings", "", "states of the pipeline that have passed a threshold", report ->
                (long) report.pipeline().findings().size());
        gauge(
                "cdc.slot.retained.bytes",
                "",
                "log that the source keeps for the replication slot",
                report -> Optional.ofNullable(report.pipeline().slot())
                        .map(Report.Slot::retainedWalBytes)
                        .orElse(null));
        gauge("cdc.verification.millis", "", "how long the last verification took", Report::durationMillis);
        gauge(
                "cdc.verification.timestamp.seconds",
                "",
                "when it ended, since 1970",
                report -> report.timestamp().getEpochSecond());
        Arrays.stream(Verdict.values()).forEach(this::verifications);
    }

    private static Long rows(Report report, RowClass rowClass) {
        return report.summary().totalMissing() == null
                ? null
                : report.tables().values().stream()
                        .mapToLong(table -> table.classes().getOrDefault(rowClass.label(), 0L))
                        .sum();
    }

    private Counter verifications(Verdict verdict) {
        return registry.counter("cdc.verifications", "verdict", verdict.name().toLowerCase(Locale.ROOT));
    }

    void finished(Report report) {
        last = report;
        verifications(report.status()).increment();
        if (report.pipeline().partitions() != null) {
            lagOfPartitions.register(
                    report.pipeline().partitions().stream()
                            .map(partition -> MultiGauge.Row.of(
                                    Tags.of(
                                            "topic",
                                            partition.topic(),
                                            "partition",
                                            String.valueOf(partition.partition())),
                                    partition.events()))
                            .toList(),
                    true);
        }
    }

    private void gauge(String name, String differenceClass, String meaning, Function<Report, Long> value) {
        var gauge = Gauge.builder(
                        name,
                        this,
                        metrics -> Optional.ofNullable(metrics.last)
                                .map(value)
                                .map(Long::doubleValue)
                                .orElse(Double.NaN))
                .description(meaning);
        (differenceClass.isEmpty() ? gauge : gauge.tag("class", differenceClass)).register(registry);
    }
}
