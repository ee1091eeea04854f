package dev.failureaware.cdc.sink.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaPartsTest {
    private static final String SCHEMA =
            "{\"schema\":{\"type\":\"struct\",\"name\":\"with \\\",\\\"payload\\\":\"},\"payload\":";

    private final SchemaParts parts = new SchemaParts();

    @Test
    void recordsOfOneVersionShareTheSchemaPart() {
        var first = cut(SCHEMA + "{\"id\":1}}");
        var second = cut(SCHEMA + "{\"id\":22}}");

        assertThat(text(first.schemaPart())).isEqualTo(SCHEMA);
        assertThat(second.schemaPart()).isSameAs(first.schemaPart());
        assertThat(text(second.rest())).isEqualTo("{\"id\":22}}");
        assertThat(text(RecordBytes.whole(second))).isEqualTo(SCHEMA + "{\"id\":22}}");
    }

    @Test
    void versionsComeAndGo() {
        for (var version = 0; version < 100; version++) {
            var schema = "{\"schema\":{\"version\":" + version + "},\"payload\":";
            var event = cut(schema + "null}");
            assertThat(text(event.schemaPart())).isEqualTo(schema);
            assertThat(cut(schema + "1}").schemaPart()).isSameAs(event.schemaPart());
        }
        assertThat(text(cut("{\"schema\":{\"version\":0},\"payload\":2}").rest()))
                .isEqualTo("2}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "{\"schema\":",
                "{\"schema\":{",
                "{\"schema\":{},\"payload\":",
                "{\"schema\":{} ,\"payload\":1}",
                "{\"schema\":{},\"other\":1,\"payload\":1}",
                "{\"payload\":1,\"schema\":{}}",
                "{\"before\":null,\"after\":{},\"op\":\"c\"}",
                "no JSON"
            })
    void whateverElseComesStaysInOnePiece(String text) {
        var whole = cut(text);

        assertThat(whole.schemaPart()).isEmpty();
        assertThat(text(whole.rest())).isEqualTo(text);
        assertThat(RecordBytes.whole(whole)).isSameAs(whole.rest());
    }

    @Test
    void nothingStaysNothing() {
        assertThat(parts.cut("topic", null)).isNull();
        assertThat(RecordBytes.whole(null)).isNull();
    }

    private RecordBytes cut(String text) {
        return parts.cut("topic", text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
