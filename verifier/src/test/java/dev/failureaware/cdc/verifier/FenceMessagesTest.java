package dev.failureaware.cdc.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.failureaware.cdc.test.DebeziumEvents;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FenceMessagesTest {
    private final FenceMessages messages = new FenceMessages();

    @Test
    void readsTheEnvelopeWithItsSchema() {
        var event = DebeziumEvents.message(FenceMessages.PREFIX, "id-1").value();

        assertThat(event).contains("\"schema\"");
        assertThat(messages.fenceIn(bytes(event))).contains("id-1");
    }

    @Test
    void readsTheBarePayload() {
        assertThat(messages.fenceIn(
                        bytes("{\"op\":\"m\",\"message\":{\"prefix\":\"cdc-fence\",\"content\":\"aWQtMg==\"}}")))
                .contains("id-2");
    }

    @Test
    void othersMessagesAreNoFences() {
        assertThat(messages.fenceIn(
                        bytes(DebeziumEvents.message("other", "id-1").value())))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{",
                "7",
                "{\"message\":3}",
                "{\"message\":{\"prefix\":\"cdc-fence\",\"content\":\"%\"}}"
            })
    void whateverElseIsThereDoesNotStopTheTail(String event) {
        assertThat(messages.fenceIn(bytes(event))).isEmpty();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
