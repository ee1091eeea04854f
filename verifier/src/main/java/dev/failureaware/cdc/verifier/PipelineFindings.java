package dev.failureaware.cdc.verifier;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Turns the state of the pipeline into findings, by thresholds. */
@ApplicationScoped
class PipelineFindings {
    /** Kinds of findings that others know. */
    static final String SLOT = "slot";

    static final String CONNECTOR = "connector";
    static final String SETTINGS = "connector_settings";
    static final String LAG = "lag";

    /** Settings of Debezium's that lose events, and when. */
    private static final List<Hazard> HAZARDS = List.of(
            // Measured with 3.7.0: OpenAtTheKillIT of the sink-consumer.
            new Hazard(
                    "provide.transaction.metadata",
                    "true",
                    "a worker that dies right after it has sent a transaction's BEGIN may lose that transaction's first rows"),
            new Hazard("errors.tolerance", "all", "an event that cannot be converted is left out without a word"),
            new Hazard("slot.drop.on.stop", "true", "what changes while the connector is stopped is lost"));

    private final Limits thresholds;
    private final boolean slotExpected;
    private final Clock clock;

    @Inject
    PipelineFindings(VerifierConfig config, Clock clock) {
        this(Limits.of(config.threshold()), config.fence() == FenceKind.MESSAGE, clock);
    }

    /** @param slotExpected whether it is Debezium that reads the source */
    PipelineFindings(Limits thresholds, boolean slotExpected, Clock clock) {
        this.thresholds = thresholds;
        this.slotExpected = slotExpected;
        this.clock = clock;
    }

    /** {@link Thresholds} as plain values: events, bytes, bytes, records. */
    record Limits(
            long lag,
            long retainedWal,
            long unconfirmedWal,
            long parked,
            Duration openTransaction,
            Optional<Duration> silence) {
        static Limits of(Thresholds thresholds) {
            return new Limits(
                    thresholds.lag(),
                    thresholds.retainedWal().asLongValue(),
                    thresholds.unconfirmedWal().asLongValue(),
                    thresholds.parked(),
                    thresholds.openTransaction(),
                    thresholds.silence());
        }
    }

    private record Hazard(String setting, String value, String consequence) {}

    /**
     * @param missingSlot name of the slot, when the source says that there is none
     * @param settings of the connector; none where they are not known
     * @param parked null when it is not known
     */
    List<Report.Finding> of(
            Report.Pipeline state,
            Optional<String> missingSlot,
            Map<String, String> settings,
            List<TopicEnds.OpenTransaction> transactions,
            Long parked) {
        var findings = new ArrayList<Report.Finding>();
        missingSlot
                .filter(name -> slotExpected)
                .ifPresent(name -> findings.add(new Report.Finding(
                        SLOT,
                        "source",
                        "there is no replication slot " + name + ": nothing keeps the log for a connector")));
        slot(state.slot(), findings);
        connector(state.connector(), findings);
        HAZARDS.stream()
                .filter(hazard -> hazard.value().equalsIgnoreCase(settings.get(hazard.setting())))
                .forEach(hazard -> findings.add(new Report.Finding(
                        SETTINGS,
                        "connect",
                        "%s is %s: %s".formatted(hazard.setting(), hazard.value(), hazard.consequence()))));
        if (state.partitions() != null) {
            state.partitions().stream()
                    .filter(partition -> partition.events() > thresholds.lag())
                    .forEach(partition -> findings.add(new Report.Finding(
                            LAG,
                            partition.topic() + "-" + partition.partition(),
                            "%d events are not applied, more than %d"
                                    .formatted(partition.events(), thresholds.lag()))));
        }
        transactions.stream()
                .filter(open ->
                        Duration.between(open.lastWrite(), clock.instant()).compareTo(thresholds.openTransaction()) > 0)
                .forEach(open -> findings.add(new Report.Finding(
                        "open_transaction",
                        open.partition().toString(),
                        ("a transaction is open from offset %d on and had its last record at %s: readers of committed events"
                                        + " wait there, longer than %s. If nobody ends it, abort it with kafka-transactions.sh")
                                .formatted(open.from(), open.lastWrite(), thresholds.openTransaction()))));
        if (parked != null && parked > thresholds.parked()) {
            findings.add(new Report.Finding(
                    "parked", "sink", "%d records are parked, more than %d".formatted(parked, thresholds.parked())));
        }
        thresholds.silence().filter(limit -> state.lastEvent() != null).ifPresent(limit -> {
            var silence = Duration.between(state.lastEvent(), clock.instant());
            if (silence.compareTo(limit) > 0) {
                findings.add(new Report.Finding(
                        "silence", "topics", "no event since %s, longer than %s".formatted(state.lastEvent(), limit)));
            }
        });
        return List.copyOf(findings);
    }

    private void slot(Report.Slot slot, List<Report.Finding> findings) {
        if (slot == null) {
            return;
        }
        if (!slot.active()) {
            findings.add(new Report.Finding(SLOT, "source", "the replication slot is not active: no connector reads"));
        }
        if ("lost".equals(slot.walStatus()) || "unreserved".equals(slot.walStatus())) {
            findings.add(new Report.Finding(
                    SLOT, "source", "the replication slot's log is " + slot.walStatus() + ": changes may be gone"));
        }
        above("retained_wal", slot.retainedWalBytes(), thresholds.retainedWal(), "kept for the slot", findings);
        above(
                "unconfirmed_wal",
                slot.unconfirmedBytes(),
                thresholds.unconfirmedWal(),
                "not confirmed by the connector",
                findings);
    }

    private static void above(String kind, Long bytes, long limit, String what, List<Report.Finding> findings) {
        if (bytes != null && bytes > limit) {
            findings.add(new Report.Finding(
                    kind, "source", "%d bytes of log are %s, more than %d".formatted(bytes, what, limit)));
        }
    }

    /** A connector says RUNNING although its task has failed. */
    private static void connector(Report.Connector connector, List<Report.Finding> findings) {
        if (connector != null && !connector.running()) {
            findings.add(new Report.Finding(
                    CONNECTOR, "connect", "connector %s, tasks %s".formatted(connector.state(), connector.tasks())));
        }
    }
}
