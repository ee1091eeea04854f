package dev.failureaware.cdc.sink.decode;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
                "ARRAY | [\"a\\\"b\",null,\"\"] | {\"a\\\"b\",NULL,\"\"}",
            })
    void isWrittenAsPostgresReadsIt(ValueForm form, String json, String text) throws Exception {
        assertThat(form.text(JSON.readTree(json))).isEqualTo(text);
    }

    @Test
    void thePlaceholderOfAnUnchangedValueIsKnownInEveryForm() throws Exception {
        for (var form : new ValueForm[] {ValueForm.PLAIN, ValueForm.BYTES, ValueForm.ARRAY}) {
            var json = switch (form) {
                case BYTES -> "\"X19kZWJleml1bV91bmF2YWlsYWJsZV92YWx1ZQ==\"";
                case ARRAY -> "[\"__debezium_unavailable_value\"]";
                default -> "\"__debezium_unavailable_value\"";
            };
            assertThat(form.text(JSON.readTree(json))).isSameAs(ValueForm.UNAVAILABLE);
        }
    }

    @Test
    void nullAndEmptyTextStayDifferent() throws Exception {
        assertThat(ValueForm.PLAIN.text(JSON.readTree("null"))).isNull();
        assertThat(ValueForm.PLAIN.text(JSON.readTree("\"\""))).isEmpty();
    }
}
