package dev.failureaware.cdc.verifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import dev.failureaware.cdc.model.Verdict;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

/** The same report as JSON, JUnit XML and a page. */
class ReportFormsTest {
    private static final Instant AT = Instant.parse("2026-11-22T15:00:00Z");
    private static final String NASTY = "<b>'\"&\u0001]]>%s\n";
    private static final ObjectMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .build();

    private final Report report = new Report(
            Verdict.FAIL,
            "t: 1 rows differ " + NASTY,
            AT,
            1234,
            new Report.Fence("0/1A", AT, 12),
            Map.of(
                    "t",
                    new Report.Table(
                            Verdict.FAIL,
                            new Report.Counts(100L, 99L),
                            1L,
                            0L,
                            1L,
                            Map.of("missing", 1L, "stale", 1L),
                            false,
                            0,
                            List.of(new Difference(
                                    "stale", "k" + NASTY, List.of("v"), "v='" + NASTY + "'", "v=null")))),
            List.of(
                    new Report.Check("data_integrity", Verdict.FAIL, "t: 1 rows differ " + NASTY),
                    new Report.Check("no_orphans", Verdict.PASS, ""),
                    new Report.Check("capture", Verdict.UNKNOWN, "away")),
            new Report.Summary(100L, 99L, 1L, 0L, 1L, 7L, 0L, 0L),
            new Report.Pipeline(
                    new Report.Slot(true, 1L, "0/1", 1L, "reserved"),
                    new Report.Connector("RUNNING", List.of("FAILED")),
                    "18.6",
                    List.of(new Lag.OfPartition("shop.public.t", 0, 1, 9, 7, Instant.EPOCH)),
                    AT,
                    List.of(new Report.Finding("connector", "connect", "tasks [FAILED]"))),
            List.of(new Report.Failure("data_integrity", "stale", "t", 1, "1 rows differ")),
            List.of(new Report.Past(AT, Verdict.FAIL)));

    @Test
    void jsonIsAsItsSchemaSays() throws Exception {
        assertThat(problems(JSON.writeValueAsString(report))).isEmpty();
        assertThat(problems(JSON.writeValueAsString(NOTHING_KNOWN))).isEmpty();
        assertThat(problems("{\"status\": \"GOOD\"}")).isNotEmpty();
    }

    private static final Report NOTHING_KNOWN = new Report(
            Verdict.UNKNOWN,
            "the sink database is not reachable",
            AT,
            1,
            null,
            Map.of(
                    "t",
                    new Report.Table(
                            Verdict.UNKNOWN,
                            new Report.Counts(null, null),
                            null,
                            null,
                            null,
                            Map.of(),
                            false,
                            0,
                            List.of())),
            List.of(new Report.Check("capture", Verdict.UNKNOWN, "")),
            Report.Summary.NOTHING_KNOWN,
            Report.Pipeline.NOTHING_KNOWN,
            List.of(new Report.Failure("row_count_match", null, null, 0, "x")),
            List.of());

    static Set<ValidationMessage> problems(String json) throws Exception {
        var schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(ReportFormsTest.class.getResourceAsStream("/report.schema.json"));
        return schema.validate(JSON.readTree(json));
    }

    @Test
    void buildServersReadFailuresAndErrorsApart() throws Exception {
        var suite = xml(JUnitReport.of(report));

        assertThat(suite.getAttribute("tests")).isEqualTo("4");
        assertThat(suite.getAttribute("failures")).isEqualTo("2");
        assertThat(suite.getAttribute("errors")).isEqualTo("1");
        assertThat(suite.getAttribute("time")).isEqualTo("1.234");
        var failure = (Element) suite.getElementsByTagName("failure").item(1);
        assertThat(((Element) failure.getParentNode()).getAttribute("name")).isEqualTo("t");
        assertThat(failure.getTextContent()).contains("stale k<b>'\"&?]]>%s");
    }

    @Test
    void whatWasNeverCheckedIsNoPassingSuite() throws Exception {
        assertThat(xml(JUnitReport.of(PlayedLook.NOTHING_VERIFIED)).getAttribute("errors"))
                .isEqualTo("1");
    }

    @Test
    void thePageShowsTheVerdictTheRowsAndTheHistoryAndNeedsNothingElse() {
        var summary = new Report.Summary(1L, 1L, 0L, 0L, 0L, 5L, 0L, 0L);
        var unknown = Report.Summary.NOTHING_KNOWN;
        var verdicts = List.of(
                new History.Entry(AT, Verdict.PASS, null, summary),
                new History.Entry(AT.plusSeconds(5), Verdict.UNKNOWN, "away", unknown),
                new History.Entry(AT.plusSeconds(10), Verdict.PASS, null, summary));
        var page = HtmlReport.of(report, new Course(verdicts, List.of(), List.of()));

        assertThat(page)
                .contains(
                        "<title>FAIL", "1 missing", "1 stale", "k&lt;b&gt;&#39;&quot;&amp;?]]&gt;%s", "tasks [FAILED]")
                .contains("<rect class=\"UNKNOWN\"", "lag, events, at most 5")
                .doesNotContain("<b>'", "http://", "https://", "<script");
        assertThat(page.split("<polyline")).as("a gap where nothing is known").hasSize(1 + 2 * 2);
    }

    @Test
    void failuresAreBandsOnEveryChartFromTheirBeginningToTheirEnd() {
        var summary = new Report.Summary(1L, 1L, 0L, 0L, 0L, 5L, 0L, 0L);
        var verdicts = List.of(
                new History.Entry(AT, Verdict.PASS, null, summary),
                new History.Entry(AT.plusSeconds(100), Verdict.PASS, null, summary));
        var faults = List.of(
                new Fault("r", "over", "meteor", AT.minusSeconds(9), AT.minusSeconds(8), AT.minusSeconds(7), "PASS"),
                new Fault("r", "l", "lag", AT.plusSeconds(10), AT.plusSeconds(30), AT.plusSeconds(40), "PASS"),
                new Fault("r", "x", "<restart>", AT.plusSeconds(90), null, null, null));
        var samples = List.of(
                new Sample(AT.plusSeconds(1), 7L, null, null, 500.0, null, 0L),
                new Sample(AT.plusSeconds(3), 9L, null, null, 480.0, null, 0L));

        var page = HtmlReport.of(report, new Course(verdicts, faults, samples));

        var chart = page.substring(page.indexOf("aria-label=\"lag, events over time\""));
        assertThat(chart.substring(0, chart.indexOf("</svg>")))
                .contains("<rect class=\"open\" x=\"100.0\" y=\"0\" width=\"200.0\" height=\"100\"><title>lag</title>")
                .contains("<rect class=\"settling\" x=\"300.0\" y=\"0\" width=\"100.0\"")
                .contains("<rect class=\"open\" x=\"900.0\" y=\"0\" width=\"100.0\"")
                .contains("<polyline points=\"10.0,");
        assertThat(page)
                .contains(
                        "&lt;restart&gt;", "after 20.0 s", "not yet", "commits at the source, per second, at most 500")
                .doesNotContain("<restart>", "meteor", "log kept for the slot");
    }

    @Test
    void anUnknownFormIsRefusedWithThoseThatThereAre() {
        assertThat(ReportForm.named("junit")).isEqualTo(ReportForm.JUNIT);
        assertThatThrownBy(() -> ReportForm.named("pdf")).hasMessageContaining("text, json, html, junit");
    }

    private static Element xml(String text) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)))
                .getDocumentElement();
    }
}
