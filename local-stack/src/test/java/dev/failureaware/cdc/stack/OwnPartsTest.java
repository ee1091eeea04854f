package dev.failureaware.cdc.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OwnPartsTest {
    @TempDir
    Path folder;

    @Test
    void withoutVariablesNothingIsExchanged() {
        var own = OwnParts.of(Map.of("SOURCE_SQL", "", "CONNECTOR_CONFIG", " "));

        assertThat(own.sourceSql()).isEmpty();
        assertThat(own.plugins()).isEmpty();
        assertThat(own.of(EnumSet.allOf(Part.class))).containsExactlyElementsOf(EnumSet.allOf(Part.class));
    }

    @Test
    void settingsAreLaidOverTheProjectsAndNullTakesOneAway() throws IOException {
        var settings = JsonNodeFactory.instance
                .objectNode()
                .put("a", "1")
                .put("b", "2")
                .put("c", "3");

        OwnParts.of(Map.of("CONNECTOR_CONFIG", file("{\"b\": 20, \"c\": null, \"d\": true}")))
                .applyTo(settings);

        assertThat(settings).hasToString("{\"a\":\"1\",\"b\":\"20\",\"d\":\"true\"}");
    }

    @Test
    void servicesAreLeftOut() {
        var own = OwnParts.of(Map.of("LEAVE_OUT", "sink-consumer, load-generator"));

        assertThat(own.of(EnumSet.allOf(Part.class)))
                .containsExactlyElementsOf(EnumSet.complementOf(EnumSet.of(Part.SINK_CONSUMER, Part.LOAD_GENERATOR)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        SOURCE_SQL       | none.sql      | none.sql: there is no such file
        SINK_SQL         | none.sql      | none.sql: there is no such file
        CONNECT_PLUGINS  | none          | none: there is no such folder
        LEAVE_OUT        | kafka         | kafka cannot be left out; allowed: sink-consumer, verifier
        LEAVE_OUT        | sink          | sink cannot be left out
        CONNECTOR_CONFIG | none.json     | none.json: there is no such file
        """)
    void whatIsNotThereIsNamed(String variable, String value, String message) {
        assertThatThrownBy(() -> OwnParts.of(Map.of(variable, value)))
                .isInstanceOf(StackException.class)
                .hasMessageContaining(variable + "=")
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        {"slot.name":"mine"}     | slot.name is set by the stack
        {"database.port":"1"}    | database.port is set by the stack
        {"a":[1]}                | a is no single value
        [1]                      | it is no JSON object
        {                        | no JSON
        """)
    void settingsThatCannotWorkAreRefused(String json, String message) throws IOException {
        var file = file(json);

        assertThatThrownBy(() -> OwnParts.of(Map.of("CONNECTOR_CONFIG", file)))
                .isInstanceOf(StackException.class)
                .hasMessageContaining("CONNECTOR_CONFIG=" + file)
                .hasMessageContaining(message);
    }

    private String file(String json) throws IOException {
        return Files.writeString(folder.resolve("connector.json"), json).toString();
    }
}
