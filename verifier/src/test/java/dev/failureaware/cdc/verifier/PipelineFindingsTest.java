package dev.failureaware.cdc.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class PipelineFindingsTest {
    private static final Instant NOW = Instant.parse("2026-11-22T15:00:00Z");
    private static final Report.Slot SLOT = new Report.Slot(true, 500L, "0/1", 100L, "reserved");
    private static final Report.Connector RUNS = new Report.Connector("RUNNING", List.of("RUNNING"));

    private final PipelineFindings findings = new PipelineFindings(
            new PipelineFindings.Limits(10, 500, 200, 0, Duration.ofMinutes(2), Optional.of(Duration.ofMinutes(5))),
            true,
            Clock.fixed(NOW, ZoneOffset.UTC));

    @Test
    void whatIsWithinItsThresholdAndWhatIsNotKnownIsNoFinding() {
        assertThat(of(SLOT, RUNS, 10, NOW.minusSeconds(300), 0L)).isEmpty();
        assertThat(findings.of(Report.Pipeline.NOTHING_KNOWN, Optional.empty(), Map.of(), List.of(), null))
                .isEmpty();
    }

    @Test
    void eachStateThatPassesItsThresholdIsAFinding() {
        assertThat(of(SLOT, RUNS, 11, null, null)).containsExactly("lag t-0");
        assertThat(of(SLOT, RUNS, 0, NOW.minusSeconds(301), null)).containsExactly("silence topics");
        assertThat(of(SLOT, RUNS, 0, null, 1L)).containsExactly("parked sink");
        assertThat(of(new Report.Slot(true, 501L, "0/1", 201L, "extended"), RUNS, 0, null, null))
                .containsExactly("retained_wal source", "unconfirmed_wal source");
        assertThat(of(new Report.Slot(false, 1L, "0/1", 1L, "lost"), RUNS, 0, null, null))
                .containsExactly("slot source", "slot source");
        assertThat(findings.of(Report.Pipeline.NOTHING_KNOWN, Optional.of("cdc_slot"), Map.of(), List.of(), null))
                .extracting(Report.Finding::detail)
                .singleElement()
                .asString()
                .startsWith("there is no replication slot cdc_slot");
        assertThat(of(SLOT, new Report.Connector("RUNNING", List.of("FAILED")), 0, null, null))
                .containsExactly("connector connect");
        assertThat(of(SLOT, new Report.Connector("RUNNING", List.of()), 0, null, null))
                .as("a connector without a task")
                .containsExactly("connector connect");
    }

    @Test
    void aSettingOfTheConnectorThatLosesEventsIsAFinding() {
        assertThat(ofSettings(Map.of(
                        "provide.transaction.metadata",
                        "false",
                        "errors.tolerance",
                        "none",
                        "slot.drop.on.stop",
                        "false")))
                .isEmpty();
        assertThat(ofSettings(Map.of("provide.transaction.metadata", "TRUE")))
                .singleElement()
                .asString()
                .startsWith("connector_settings connect provide.transaction.metadata is true: ");
        assertThat(ofSettings(Map.of("errors.tolerance", "all", "slot.drop.on.stop", "true")))
                .hasSize(2);
    }

    @Test
    void aTransactionThatNobodyEndsIsAFinding() {
        var partition = new TopicPartition("shop.public.orders", 2);
        assertThat(findings.of(
                        Report.Pipeline.NOTHING_KNOWN,
                        Optional.empty(),
                        Map.of(),
                        List.of(
                                new TopicEnds.OpenTransaction(partition, 7, NOW.minusSeconds(120)),
                                new TopicEnds.OpenTransaction(partition, 9, NOW.minusSeconds(121))),
                        null))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.kind()).isEqualTo("open_transaction");
                    assertThat(finding.subject()).isEqualTo("shop.public.orders-2");
                    assertThat(finding.detail()).contains("from offset 9", "2026-11-22T14:57:59Z", "PT2M");
                });
    }

    private List<String> ofSettings(Map<String, String> settings) {
        return findings.of(Report.Pipeline.NOTHING_KNOWN, Optional.empty(), settings, List.of(), null).stream()
                .map(finding -> finding.kind() + " " + finding.subject() + " " + finding.detail())
                .toList();
    }

    private List<String> of(Report.Slot slot, Report.Connector connector, long lag, Instant lastEvent, Long parked) {
        var state = new Report.Pipeline(
                slot, connector, "18", List.of(new Lag.OfPartition("t", 0, 1, 99, lag, null)), lastEvent, List.of());
        return findings.of(state, Optional.empty(), Map.of(), List.of(), parked).stream()
                .map(finding -> finding.kind() + " " + finding.subject())
                .toList();
    }
}
