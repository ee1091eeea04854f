package dev.failureaware.cdc.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

class JUnitXmlTest {

    @Test
    void a_failure_fails_and_what_was_not_proven_is_an_error() throws Exception {
        var suite = parse(report(
                outcome("a", OutcomeVerdict.PASS, ""),
                outcome("b", OutcomeVerdict.FAIL, "rows < 3 & \"more\""),
                outcome("c", OutcomeVerdict.INCONCLUSIVE, "hit nothing"),
                outcome("d", OutcomeVerdict.UNKNOWN, "nobody knows")));

        assertThat(suite.getAttribute("tests")).isEqualTo("5");
        assertThat(suite.getAttribute("failures")).isEqualTo("1");
        assertThat(suite.getAttribute("errors")).isEqualTo("2");
        assertThat(((Element) suite.getElementsByTagName("failure").item(0)).getAttribute("message"))
                .isEqualTo("rows < 3 & \"more\"");
        assertThat(suite.getElementsByTagName("testcase").getLength()).isEqualTo(5);
    }

    @Test
    void characters_that_xml_cannot_hold_are_replaced() throws Exception {
        var suite = parse(report(outcome("a", OutcomeVerdict.FAIL, "bell \u0007 lone \uD800 smile \uD83D\uDE00")));

        assertThat(suite.getElementsByTagName("failure").item(0).getTextContent())
                .isEqualTo("bell \uFFFD lone \uFFFD smile \uD83D\uDE00");
    }

    private static Element parse(Report report) throws Exception {
        var bytes = JUnitXml.of(report).getBytes(StandardCharsets.UTF_8);
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(bytes))
                .getDocumentElement();
    }

    private static Outcome outcome(String id, OutcomeVerdict verdict, String detail) {
        return new Outcome(
                id,
                FaultType.LAG,
                verdict,
                "",
                "",
                FakeTime.START,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                Map.of(),
                detail);
    }

    private static Report report(Outcome... outcomes) {
        var scenario = new Scenario(
                "s", "s", "", "", List.of(Scenario.Failure.of("a", FaultType.LAG)), Scenario.Verification.byDefault());
        return new Report(
                OutcomeVerdict.FAIL,
                "s-1",
                RunState.FINISHED,
                OutcomeVerdict.PASS,
                "",
                scenario,
                FakeTime.START,
                FakeTime.START.plusSeconds(9),
                Map.of(),
                Map.of(),
                1L,
                List.of(outcomes),
                null);
    }
}
