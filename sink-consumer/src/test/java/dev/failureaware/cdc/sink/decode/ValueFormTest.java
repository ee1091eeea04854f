package dev.failureaware.cdc.sink.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What PostgreSQL must read back as the value that the source had. */
class ValueFormTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "PLAIN | \"\" | ``",
                "PLAIN | true | true",
                "PLAIN | 9223372036854775807 | 9223372036854775807",
                "DECIMAL_TEXT | \"12.30\" | 12.30",
                "DECIMAL_TEXT | \"NAN\" | NaN",
                "BYTES | \"3q0=\" | \\xdead",
                "DAYS | 20454 | 2026-01-01",
                "DAYS | -719163 | 0001-12-31 BC",
                "TIME_MICROS | 86400000000 | 24:00:00",
                "TIME_MICROS | 1 | 00:00:00.000001",
                "TIMESTAMP_MICROS | 1767323045123456 | 2026-01-02 03:04:05.123456",
                "TIMESTAMP_MICROS | -1 | 1969-12-31 23:59:59.999999",
                "DAYS | 2932897 | 10000-01-01",
                "DAYS | 2146033979 | infinity",
                "DAYS | -622191234 | infinity",
                "DAYS | -2147472691 | -infinity",
                "DAYS | -625821272 | -infinity",
                "TIMESTAMP_MICROS | 253402300800000000 | 10000-01-01 00:00:00",
                "TIMESTAMP_MICROS | -63517780799999999 | 0044-03-15 12:00:00.000001 BC",
                "TIMESTAMP_MICROS | 9223372036854775807 | infinity",
                "TIMESTAMP_MICROS | -9223372036854775808 | -infinity",
                "TIMESTAMP_MILLIS | 9223372036825200000 | infinity",
                "TIMESTAMP_MILLIS | -9223372036832400000 | -infinity",
                "TIMESTAMPTZ | \"-0043-03-15T12:00:00.001Z\" | 0044-03-15 12:00:00.001+00 BC",
                "TIMESTAMPTZ | \"+10000-01-01T00:00:00.000000Z\" | 10000-01-01 00:00:00+00",
                "TIMESTAMPTZ | \"-infinity\" | -infinity",
                "TEXT_IN_BYTES | \"e1sxLDMpfQ==\" | {[1,3)}",
                "BIT | true | 1",
                "HSTORE | \"{\\\"b\\\":null,\\\"a\\\":\\\"x\\\"}\" | \"a\"=>\"x\", \"b\"=>NULL",
                "POINT | {\"x\":1.5,\"y\":\"NaN\"} | (1.5,NaN)",
            })
    void isWrittenAsPostgresReadsIt(ValueForm form, String json, String text) throws Exception {
        assertThat(form.text(JSON.readTree(json))).isEqualTo(text);
        assertThat(read(form, json)).as("without a tree").isEqualTo(text);
    }

    private static String read(TextForm form, String json) throws IOException {
        try (var parser = JSON.createParser(json)) {
            parser.nextToken();
            return form.read(parser);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"1.0E10", "-0.0", "123456789012345678901234567890", "false", "0.1", "{\"a\":[1,\"x\"]}", "null"})
    void readWithoutATreeANumberKeepsItsDigits(String json) throws Exception {
        assertThat(read(ValueForm.PLAIN, json)).isEqualTo(json.equals("null") ? null : json);
    }

    @Test
    void thePlaceholderOfAnUnchangedValueIsKnownInEveryForm() throws Exception {
        var forms = Map.of(
                ValueForm.PLAIN,
                "\"__debezium_unavailable_value\"",
                ValueForm.BYTES,
                "\"X19kZWJleml1bV91bmF2YWlsYWJsZV92YWx1ZQ==\"",
                ValueForm.TEXT_IN_BYTES,
                "\"X19kZWJleml1bV91bmF2YWlsYWJsZV92YWx1ZQ==\"",
                ValueForm.HSTORE,
                "\"{\\\"__debezium_unavailable_value\\\":\\\"__debezium_unavailable_value\\\"}\"",
                new ArrayForm(ValueForm.PLAIN),
                "[\"__debezium_unavailable_value\"]",
                new ArrayForm(ValueForm.BYTES),
                "[\"X19kZWJleml1bV91bmF2YWlsYWJsZV92YWx1ZQ==\"]",
                new ArrayForm(ValueForm.DAYS),
                "[95,95,100,101,98,101,122,105,117,109,95,117,110,97,118,97,105,108,97,98,108,101,95,118,97,108,117,101]");
        for (var form : forms.entrySet()) {
            assertThat(form.getKey().text(JSON.readTree(form.getValue()))).isSameAs(ValueForm.UNAVAILABLE);
            assertThat(read(form.getKey(), form.getValue())).isSameAs(ValueForm.UNAVAILABLE);
        }
        assertThat(new ArrayForm(ValueForm.PLAIN).text(JSON.readTree("[\"b68a35a7-17ad-35b3-af2a-ae46edb4545a\"]")))
                .as("of an array of uuids")
                .isSameAs(ValueForm.UNAVAILABLE);
    }

    @Test
    void anArrayKeepsNullsAndQuotesWhatNeedsIt() throws Exception {
        assertThat(new ArrayForm(ValueForm.PLAIN).text(JSON.readTree("[\"a\\\"b\",null,\"\",\"NULL\"]")))
                .isEqualTo("{\"a\\\"b\",NULL,\"\",\"NULL\"}");
        assertThat(new ArrayForm(ValueForm.DAYS).text(JSON.readTree("[19782]"))).isEqualTo("{\"2024-02-29\"}");
    }

    @Test
    void whatIsLeftOfAnArrayOfTwoDimensionsIsRefused() {
        assertThatThrownBy(
                        () -> new ArrayForm(ValueForm.PLAIN).text(JSON.readTree("[\"[Ljava.lang.String;@7914d05c\"]")))
                .hasMessageContaining("several dimensions");
    }

    @Test
    void bitsAreAsManyAsTheColumnHas() throws Exception {
        assertThat(new BitsForm(13).text(JSON.readTree("\"ARA=\""))).isEqualTo("1000000000001");
        assertThat(new BitsForm(8).text(JSON.readTree("\"\""))).isEqualTo("00000000");
    }

    @Test
    void nullAndEmptyTextStayDifferent() throws Exception {
        assertThat(ValueForm.PLAIN.text(JSON.readTree("null"))).isNull();
        assertThat(ValueForm.PLAIN.text(JSON.readTree("\"\""))).isEmpty();
    }
}
