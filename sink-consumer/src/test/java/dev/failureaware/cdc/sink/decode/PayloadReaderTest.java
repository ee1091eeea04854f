package dev.failureaware.cdc.sink.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is cut must be what parsing gives, and what parsing refuses must not be cut. */
class PayloadReaderTest {
    private static final ObjectMapper JSON = new ObjectMapper().copyWith(SchemaParts.JSON);

    private static final List<ColumnShape> COLUMNS = List.of(
            column("id", ValueForm.PLAIN),
            column("größe \"x\"", ValueForm.PLAIN),
            column("at", ValueForm.TIMESTAMP_MICROS),
            column("price", ValueForm.DECIMAL_TEXT),
            column("done", ValueForm.PLAIN),
            column("raw", ValueForm.BYTES),
            column("flag", ValueForm.BIT));

    private static final String ROW =
            "{\"id\":7,\"größe \\\"x\\\"\":\"plain\",\"at\":1764193000123456,\"price\":\"12.30\",\"done\":true,\"raw\":\"AQI=\",\"flag\":false}";
    private static final String TAIL =
            ",\"source\":{\"version\":\"3.7.0.Final\",\"ts_ms\":1764193000123,\"snapshot\":\"false\",\"db\":\"d\","
                    + "\"sequence\":\"[\\\"24023128\\\",\\\"24023200\\\"]\",\"ts_us\":1764193000123456,\"ts_ns\":1764193000123456000,"
                    + "\"schema\":\"public\",\"table\":\"t1\",\"txId\":750,\"lsn\":24023200,\"xmin\":null},"
                    + "\"transaction\":{\"id\":\"750:24023128\",\"total_order\":1},\"op\":\"c\",\"ts_ms\":1764193000200,"
                    + "\"ts_us\":1764193000200300,\"ts_ns\":1764193000200300400}";

    private static ColumnShape column(String name, TextForm form) {
        return new ColumnShape(name, SourceType.of("text"), true, null, form);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"id\":7 -> \"id\":-1",
                "\"id\":7 -> \"id\":-0",
                "\"id\":7 -> \"id\":1.50",
                "\"id\":7 -> \"id\":1e400",
                "\"id\":7 -> \"id\":123456789012345678901234567890",
                "\"id\":7 -> \"id\":9223372036854775807",
                "\"id\":7 -> \"id\":007",
                "\"id\":7 -> \"id\":-",
                "\"id\":7 -> \"id\": 7",
                "\"id\":7 -> \"id\":null",
                "\"id\":7 -> \"id\":nul",
                "\"id\":7 -> \"id\":{\"a\":[1,\"}\"]}",
                "\"id\":7 -> \"id\":[7]",
                "\"id\":7, -> ",
                "\"id\":7, -> \"new\":1,\"id\":7,",
                "\"id\":7,\"größe \\\"x\\\"\":\"plain\" -> \"größe \\\"x\\\"\":\"plain\",\"id\":7",
                "plain -> ",
                "plain -> a\\\"b\\\\c\\u00e9",
                "plain -> a\\\\b",
                "plain -> a\\u00e9b",
                "plain -> größer 漢字",
                "plain -> a\tb",
                "plain -> __debezium_unavailable_value",
                "plain -> ,\\\"source\\\":{",
                "\"plain\" -> \"plain",
                "\"plain\" -> 12",
                "12.30 -> NAN",
                "12.30 -> __debezium_unavailable_value",
                "1764193000123456,\"price\" -> -9223372036854775808,\"price\"",
                "1764193000123456,\"price\" -> -9000000000000000000,\"price\"",
                "1764193000123456,\"price\" -> 92233720368547758070,\"price\"",
                "1764193000123456,\"price\" -> \"x\",\"price\"",
                "true -> \"true\"",
                "true -> truth",
                "AQI= -> ?",
                "AQI= -> X19kZWJleml1bV91bmF2YWlsYWJsZV92YWx1ZQ==",
                "false -> null",
                "\"before\":null -> \"before\":{\"id\":3}",
                "\"before\":null, -> ",
                "\"snapshot\":\"false\" -> \"snapshot\":\"last_in_data_collection\"",
                "[\\\"24023128\\\",\\\"24023200\\\"] -> [null,\\\"1\\\"]",
                "[\\\"24023128\\\",\\\"24023200\\\"] -> [\\\"1\\\",null]",
                "[\\\"24023128\\\",\\\"24023200\\\"] -> [\\\"99\\\",\\\"123456789012345678\\\"]",
                "[\\\"24023128\\\",\\\"24023200\\\"] -> [\\\"-1\\\",\\\"2\\\"]",
                "[\\\"24023128\\\",\\\"24023200\\\"] -> ",
                "[\\\"24023128\\\",\\\"24023200\\\"] -> [24,25]",
                "\"lsn\":24023200 -> \"lsn\":24023201",
                "\"lsn\":24023200 -> \"lsn\":-5",
                "\"lsn\":24023200 -> \"lsn\":9223372036854775808",
                "\"lsn\":24023200 -> \"lsn\":024023200",
                "\"lsn\":24023200 -> \"lsn\":null",
                "\"lsn\":24023200, -> ",
                "\"txId\":750 -> \"txId\":null",
                "\"txId\":750 -> \"txId\":12345678901234567890",
                "\"xmin\":null -> \"xmin\":12",
                "t1 -> t2",
                "t1 -> t12",
                "public -> other",
                "3.7.0.Final -> 3.8.0.Final",
                "1764193000123456000 -> 1",
                "\"ts_us\":1764193000123456 -> \"ts_us\":1764193000999999",
                "\"ts_us\":1764193000200300 -> \"ts_us\":1",
                "{\"id\":\"750:24023128\",\"total_order\":1} -> null",
                "750:24023128 -> 9:1",
                "\"op\":\"c\" -> \"op\":\"u\"",
                "\"op\":\"c\" -> \"op\":\"r\"",
                "\"op\":\"c\" -> \"op\":\"\"",
                "\"op\":\"c\" -> \"op\":\"cc\"",
                "\"op\":\"c\" -> \"op\":\"Z\"",
                "\"op\":\"c\" -> \"op\":c",
                "\"op\":\"c\", -> ",
                "1764193000200300400} -> 1764193000200300400}}",
                "1764193000200300400} -> 1764193000200300400",
                "1764193000200300400} -> 1764193000200300400,\"more\":1}",
                "1764193000200300400} -> 1764193000200300400} "
            })
    void whatDiffersFromEventsOfBeforeIsReadAsIfItWereParsed(String change) throws IOException {
        var parts = change.split(" -> ", 2);
        var usual = payload(ROW, TAIL);
        var other = usual.replace(parts[0], parts.length < 2 ? "" : parts[1]);
        assertThat(other).isNotEqualTo(usual);
        var reader = new PayloadReader(COLUMNS);
        reader.read(JSON, bytes(usual), bytes(usual).length - 1);

        assertThat(outcome(() -> reader.read(JSON, bytes(other), bytes(other).length - 1)))
                .isEqualTo(outcome(() -> parsed(other)));
        assertThat(outcome(() -> reader.read(JSON, bytes(usual), bytes(usual).length - 1)))
                .isEqualTo(outcome(() -> parsed(usual)));
    }

    @Test
    void eventsThatDifferInRowPositionAndOperationAreNotParsed() throws IOException {
        var reader = new PayloadReader(COLUMNS);
        var usual = payload(ROW, TAIL);
        reader.read(JSON, bytes(usual), bytes(usual).length - 1);
        var other = usual.replace("plain", "another")
                .replace("24023128", "24023999")
                .replace("1764193000", "1764200001")
                .replace("\"op\":\"c\"", "\"op\":\"u\"");

        var read = reader.read(null, bytes(other), bytes(other).length - 1);

        assertThat(outcome(() -> read)).isEqualTo(outcome(() -> parsed(other)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"public\" -> 5 -> 6", "24023200\\\"] -> \\u0032\\\"] -> \\u0033\\\"]", "\"c\" -> 1 -> 2"})
    void textsAreNotTakenForNumbers(String changes) throws IOException {
        var parts = changes.split(" -> ");
        var first = payload(ROW, TAIL.replace(parts[0], parts[1]));
        var second = payload(ROW, TAIL.replace(parts[0], parts[2]));
        var reader = new PayloadReader(COLUMNS);
        reader.read(JSON, bytes(first), bytes(first).length - 1);

        assertThat(outcome(() -> reader.read(JSON, bytes(second), bytes(second).length - 1)))
                .isEqualTo(outcome(() -> parsed(second)));
    }

    @Test
    void someTailsAreRememberedAndNoMore() throws IOException {
        var reader = new PayloadReader(COLUMNS);
        var first = bytes(payload(ROW, TAIL));
        reader.read(JSON, first, first.length - 1);
        for (var table = 0; table < 1_000; table++) {
            var event = bytes(payload(ROW, TAIL.replace("public", "schema" + table)));
            reader.read(JSON, event, event.length - 1);
        }

        // It would take a parser.
        assertThatThrownBy(() -> reader.read(null, first, first.length - 1)).isInstanceOf(NullPointerException.class);
    }

    private interface Reading {
        Payload read() throws IOException;
    }

    /** With the brace that closes the event, which is not the payload's. */
    private static String payload(String row, String tail) {
        return "{\"before\":null,\"after\":" + row + tail + "}";
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Payload parsed(String text) throws IOException {
        var bytes = bytes(text);
        try (var parser = JSON.createParser(bytes, 0, bytes.length - 1)) {
            return Payload.read(parser, COLUMNS);
        }
    }

    @SuppressWarnings("StringEquality") // The placeholder is known by identity: see ValueForm.UNAVAILABLE.
    private static String outcome(Reading reading) {
        try {
            var payload = reading.read();
            var values = Arrays.stream(payload.after())
                    .map(value -> value == ValueForm.UNAVAILABLE ? "(not sent)" : "'" + value + "'")
                    .toList();
            return payload.operation() + " " + payload.schema() + "." + payload.table() + " " + values + " "
                    + payload.source() + " " + payload.seenMicros();
        } catch (IOException | RuntimeException refused) {
            return "refused";
        }
    }
}
