package dev.failureaware.cdc.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.failureaware.cdc.model.TableId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventKeysTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "int8; -1; 9007199254740993; 9007199254740993",
                "text; -1; \"it's\"; it's",
                "uuid; -1; \"8f14e45f-ceea-167a-5a36-dedd4bea2543\"; 8f14e45f-ceea-167a-5a36-dedd4bea2543",
                "bool; -1; true; true",
                "date; -1; 20515; 2026-03-03",
                "timestamp; -1; 1772500000123450; 2026-03-03 01:06:40.12345",
                "timestamp; 3; 1772500000123; 2026-03-03 01:06:40.123",
                "timestamp; -1; -1; 1969-12-31 23:59:59.999999",
                "timestamptz; -1; \"2026-03-03T01:06:40.120000Z\"; 2026-03-03 01:06:40.12+00",
                "bytea; -1; \"AP8=\"; \\x00ff",
                "bpchar; 9; \"ab   \"; ab",
                "numeric; -1; \"1.50\"; 1.50"
            })
    void aKeyIsReadAsTheDatabasesWriteIt(String type, int modifier, String json, String text) {
        var keys = new EventKeys(pair(new ColumnType("pg_catalog", type, modifier, "")));

        assertThat(keys.of(bytes("{\"k\": " + json + "}"))).contains(List.of(text));
        assertThat(keys.of(bytes("{\"schema\": {}, \"payload\": {\"k\": " + json + "}}")))
                .contains(List.of(text));
    }

    @Test
    void whatIsNoKeyOfTheTableIsNone() {
        var keys = new EventKeys(pair(ColumnType.builtIn("timestamptz")));

        for (var other : List.of("{\"other\": 1}", "{\"k\": null}", "{\"k\": \"infinity\"}", "no json", "7")) {
            assertThat(keys.of(bytes(other))).as(other).isEmpty();
        }
        assertThat(keys.of(null)).isEmpty();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static TablePair pair(ColumnType type) {
        var shape = new TableShape(
                new TableId("public", "t"), List.of(new Column("k", "whatever", true, 1, type)), List.of("k"));
        return TablePair.of(shape, shape);
    }
}
