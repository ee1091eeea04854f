package dev.failureaware.cdc.chaos;

import java.io.StringWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Stream;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * A run as JUnit XML, which build servers read: one test case per failure and one for the final verification. FAIL is a
 * failure; INCONCLUSIVE and UNKNOWN are errors, for nothing was proven.
 */
final class JUnitXml {
    private final Report report;
    private final XMLStreamWriter xml;

    private JUnitXml(Report report, XMLStreamWriter xml) {
        this.report = report;
        this.xml = xml;
    }

    static String of(Report report) {
        var text = new StringWriter();
        try {
            var xml = XMLOutputFactory.newInstance().createXMLStreamWriter(text);
            new JUnitXml(report, xml).write();
            xml.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("XML into memory cannot fail", e);
        }
        return text.append('\n').toString();
    }

    private void write() throws XMLStreamException {
        var last = report.finalVerdict();
        xml.writeStartDocument("UTF-8", "1.0");
        xml.writeStartElement("testsuite");
        attribute("name", report.scenario().id());
        attribute("tests", String.valueOf(report.failures().size() + 1));
        attribute("failures", String.valueOf(count(true, last)));
        attribute("errors", String.valueOf(count(false, last)));
        attribute("skipped", "0");
        attribute("timestamp", report.startedAt().toString());
        attribute("time", seconds(Duration.between(report.startedAt(), report.finishedAt())));
        for (var outcome : report.failures()) {
            var time = outcome.timeToConsistencySeconds();
            testCase(outcome.id(), time == null ? "0" : time.toString(), outcome.verdict(), outcome.detail());
        }
        testCase("final-verification", "0", last, report.detail());
        xml.writeEndElement();
        xml.writeEndDocument();
    }

    private void testCase(String name, String time, OutcomeVerdict verdict, String detail) throws XMLStreamException {
        xml.writeStartElement("testcase");
        attribute("classname", report.scenario().id());
        attribute("name", name);
        attribute("time", time);
        if (verdict != OutcomeVerdict.PASS) {
            xml.writeStartElement(verdict == OutcomeVerdict.FAIL ? "failure" : "error");
            attribute("type", verdict.name());
            attribute("message", detail);
            xml.writeCharacters(legal(detail));
            xml.writeEndElement();
        }
        xml.writeEndElement();
    }

    private long count(boolean failures, OutcomeVerdict last) {
        var verdicts = report.failures().stream().map(Outcome::verdict);
        return Stream.concat(verdicts, Stream.of(last))
                .filter(verdict -> verdict != OutcomeVerdict.PASS)
                .filter(verdict -> (verdict == OutcomeVerdict.FAIL) == failures)
                .count();
    }

    private void attribute(String name, String value) throws XMLStreamException {
        xml.writeAttribute(name, legal(value));
    }

    private static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.3f", duration.toMillis() / 1000.0);
    }

    /** Control characters, as they may come with an error message, have no place in XML, escaped or not. */
    private static String legal(String text) {
        var legal = new StringBuilder();
        text.codePoints().map(c -> isLegal(c) ? c : '\uFFFD').forEach(legal::appendCodePoint);
        return legal.toString();
    }

    private static boolean isLegal(int c) {
        return c == '\t'
                || c == '\n'
                || c == '\r'
                || (c >= 0x20 && c <= 0xD7FF)
                || (c >= 0xE000 && c <= 0xFFFD)
                || c >= 0x10000;
    }
}
