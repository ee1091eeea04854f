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
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Gauges of the last verification, NaN where it does not know, and the number of verifications by verdict. Of the states of one
 * thing each has a gauge, which is 1 for the present one. All are listed in docs/metrics.md.
 */
@ApplicationScoped
class Metrics {
    /** Kafka Connect's; any other is {@code unknown}. */
    private static final List<String> CONNECT_STATES =
            List.of("running", "paused", "stopped", "failed", "unassigned", "restarting", "unknown");

    /** PostgreSQL's, of a slot's log. */
    private static final List<String> WAL_STATES = List.of("reserved", "extended", "unreserved", "lost");

    private final MeterRegistry registry;
    private final MultiGauge eventsOfPartitions;
    private final MultiGauge secondsOfPartitions;
    private volatile Report last;
    private volatile Proof proof = Proof.NOTHING;
    private volatile Instant fence;

    Metrics(MeterRegistry registry) {
        this.registry = registry;
        this.eventsOfPartitions = MultiGauge.builder("cdc.lag.partition.events")
                .description("Events of a partition that the sink has not applied")
                .register(registry);
        this.secondsOfPartitions = MultiGauge.builder("cdc.lag.partition.seconds")
                .description("Age of the oldest event of a partition that the sink has not applied")
                .register(registry);
    }

    void register(@Observes StartupEvent event) {
        for (var verdict : Verdict.values()) {
            state(
                    "cdc.verdict",
                    "Verdict of the last verification",
                    "verdict",
                    label(verdict),
                    report -> label(report.status()));
            verifications(verdict);
        }
        for (var rowClass : RowClass.values()) {
            gauge(
                    "cdc.differences",
                    "Rows that differ",
                    Tags.of("class", rowClass.label()),
                    report -> rows(report, rowClass));
        }
        gauge(
                "cdc.lag.events",
                "Events in Kafka that the sink has not applied",
                report -> report.summary().lag());
        gauge("cdc.lag.seconds", "Age of the oldest event in Kafka that the sink has not applied", Metrics::lagSeconds);
        gauge(
                "cdc.parked",
                "Records that the sink put aside and that have no outcome yet",
                report -> report.summary().parked());
        gauge(
                "cdc.findings",
                "States of the pipeline that have passed a threshold",
                report -> report.pipeline().findings().size());
        slot();
        connector();
        gauge(
                "cdc.last.event.timestamp.seconds",
                "When the newest event came to Kafka, since 1970",
                report -> seconds(report.pipeline().lastEvent()));
        gauge(
                "cdc.verification.duration.seconds",
                "How long the last verification took",
                report -> report.durationMillis() / 1000.0);
        gauge("cdc.verification.timestamp.seconds", "When it ended, since 1970", report -> seconds(report.timestamp()));
        known(
                "cdc.fence.timestamp.seconds",
                "The newest moment whose commits the sink is proven to have, since 1970",
                Tags.empty(),
                () -> seconds(fence != null ? fence : proof.equalAt()));
        known(
                "cdc.data.wrong",
                "Whether the sink was proven to be wrong and not proven equal since",
                Tags.empty(),
                () -> proof.sinkIsWrong() ? 1 : 0);
    }

    private void slot() {
        ofSlot("cdc.slot.active", "Whether a connector reads the replication slot", slot -> slot.active() ? 1 : 0);
        ofSlot(
                "cdc.slot.retained.bytes",
                "Log that the source keeps for the replication slot",
                slot -> slot.retainedWalBytes());
        ofSlot(
                "cdc.slot.unconfirmed.bytes",
                "Log since the position that the connector has confirmed",
                slot -> slot.unconfirmedBytes());
        for (var status : WAL_STATES) {
            state(
                    "cdc.slot.wal.status",
                    "What became of the slot's log",
                    "status",
                    status,
                    report -> Optional.ofNullable(report.pipeline().slot())
                            .map(Report.Slot::walStatus)
                            .orElse(null));
        }
    }

    private void ofSlot(String name, String meaning, Function<Report.Slot, Number> value) {
        gauge(
                name,
                meaning,
                report ->
                        Optional.ofNullable(report.pipeline().slot()).map(value).orElse(null));
    }

    /** The connector and its tasks apart: it says RUNNING although its task has failed. */
    private void connector() {
        for (var state : CONNECT_STATES) {
            state(
                    "cdc.connector.state",
                    "What Kafka Connect says of the connector",
                    "state",
                    state,
                    report -> connectState(Optional.ofNullable(report.pipeline().connector())
                            .map(Report.Connector::state)
                            .orElse("unknown")));
            gauge(
                    "cdc.connector.tasks",
                    "Tasks of the connector by what Kafka Connect says of them",
                    Tags.of("state", state),
                    report -> Optional.ofNullable(report.pipeline().connector())
                            .map(connector -> connector.tasks().stream()
                                    .map(Metrics::connectState)
                                    .filter(state::equals)
                                    .count())
                            .orElse(null));
        }
    }

    private static String connectState(String said) {
        var state = said.toLowerCase(Locale.ROOT);
        return CONNECT_STATES.contains(state) ? state : "unknown";
    }

    /** What is proven, by earlier lives of the verifier too. */
    void proven(Proof proof) {
        this.proof = proof;
    }

    void finished(Report report) {
        if (report.fence() != null) {
            fence = report.fence().committedAt();
        }
        last = report;
        verifications(report.status()).increment();
        if (report.pipeline().partitions() != null) {
            ofPartitions(eventsOfPartitions, report, Lag.OfPartition::events);
            ofPartitions(secondsOfPartitions, report, partition -> age(partition, report));
        }
    }

    private static void ofPartitions(MultiGauge gauge, Report report, Function<Lag.OfPartition, Number> value) {
        gauge.register(
                report.pipeline().partitions().stream()
                        .map(partition -> MultiGauge.Row.of(
                                Tags.of("topic", partition.topic(), "partition", String.valueOf(partition.partition())),
                                value.apply(partition)))
                        .toList(),
                true);
    }

    private static Number lagSeconds(Report report) {
        var partitions = report.pipeline().partitions();
        return partitions == null
                ? null
                : partitions.stream()
                        .mapToDouble(partition -> age(partition, report))
                        .max()
                        .orElse(0);
    }

    /** Kafka's clock may be ahead of this one. */
    private static double age(Lag.OfPartition partition, Report report) {
        return partition.oldest() == null
                ? 0
                : Math.max(
                        0,
                        Duration.between(partition.oldest(), report.timestamp()).toMillis() / 1000.0);
    }

    private static Double seconds(Instant time) {
        return time == null ? null : time.toEpochMilli() / 1000.0;
    }

    private static Long rows(Report report, RowClass rowClass) {
        return report.summary().totalMissing() == null
                ? null
                : report.tables().values().stream()
                        .mapToLong(table -> table.classes().getOrDefault(rowClass.label(), 0L))
                        .sum();
    }

    private Counter verifications(Verdict verdict) {
        return Counter.builder("cdc.verifications")
                .description("Verifications that ended")
                .tag("verdict", label(verdict))
                .register(registry);
    }

    private static String label(Verdict verdict) {
        return verdict.name().toLowerCase(Locale.ROOT);
    }

    private void gauge(String name, String meaning, Function<Report, Number> value) {
        gauge(name, meaning, Tags.empty(), value);
    }

    /** @param present null where it is not known */
    private void state(String name, String meaning, String tag, String state, Function<Report, String> present) {
        gauge(name, meaning, Tags.of(tag, state), report -> {
            var now = present.apply(report);
            return now == null ? null : state.equals(now) ? 1 : 0;
        });
    }

    /** Of the last verification. @param value null where it is not known */
    private void gauge(String name, String meaning, Tags tags, Function<Report, Number> value) {
        known(name, meaning, tags, () -> Optional.ofNullable(last).map(value).orElse(null));
    }

    /** @param value null where it is not known */
    private void known(String name, String meaning, Tags tags, Supplier<Number> value) {
        Gauge.builder(
                        name,
                        () -> Optional.ofNullable(value.get())
                                .map(Number::doubleValue)
                                .orElse(Double.NaN))
                .tags(tags)
                .description(meaning)
                .register(registry);
    }
}
