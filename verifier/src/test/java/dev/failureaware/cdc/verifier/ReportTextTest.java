package dev.failureaware.cdc.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.failureaware.cdc.model.Verdict;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportTextTest {
    private static final Instant AT = Instant.parse("2026-11-22T15:00:00Z");

    @Test
    void theVerdictComesFirstAndColumnsAreAligned() {
        var mismatch = new Difference("mismatch", "k1", List.of("v"), "v='a'", "v=null");
        var report = report(
                Verdict.FAIL,
                "t: 1 rows differ",
                Map.of(
                        "order_items",
                        new Report.Table(
                                Verdict.FAIL,
                                new Report.Counts(100L, 99L),
                                1L,
                                0L,
                                1L,
                                Map.of(),
                                false,
                                2,
                                List.of(mismatch))));

        var lines = TextReport.of(report).lines().toList();

        assertThat(lines.get(0)).startsWith("FAIL  2026-11-22T15:00:00Z");
        assertThat(lines.get(1)).isEqualTo("  t: 1 rows differ");
        var head = lines.indexOf("table        status               source       sink   missing   orphans mismatches");
        assertThat(head).isPositive();
        assertThat(lines.get(head + 1))
                .isEqualTo(
                        "order_items  FAIL                    100         99         1         0          1  (2 unsettled)");
        assertThat(lines).contains("  mismatch    k1", "              source  v='a'", "              sink    v=null");
    }

    @Test
    void whatIsNotKnownIsADash() {
        var text = TextReport.of(report(Verdict.UNKNOWN, "no verification has finished yet", Map.of()));

        assertThat(text)
                .contains("no verification has finished yet")
                .contains("connector  unknown")
                .contains("lag - events");
    }

    @Test
    void namesWithPercentSignsAreOnlyText() {
        assertThat(TextReport.of(report(Verdict.FAIL, "100%s", Map.of()))).contains("100%s");
        assertThat(TextReport.of(report(Verdict.FAIL, "key \033[2J\nPASS", Map.of())))
                .as("a value steers no terminal and begins no line")
                .contains("key ?[2J?PASS");
    }

    private static Report report(Verdict status, String reason, Map<String, Report.Table> tables) {
        return new Report(
                status,
                reason,
                AT,
                12,
                null,
                tables,
                List.of(new Report.Check("no_orphans", status, "")),
                Report.Summary.NOTHING_KNOWN,
                Report.Pipeline.NOTHING_KNOWN,
                List.of(),
                List.of(new Report.Past(AT, status)));
    }
}
