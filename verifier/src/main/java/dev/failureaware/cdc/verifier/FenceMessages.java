package dev.failureaware.cdc.verifier;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** Reads fences out of Debezium's events of logical messages, with and without the schema envelope of the JSON converter. */
final class FenceMessages {
    static final String PREFIX = "cdc-fence";

    private final ObjectMapper json = new ObjectMapper();

    /** The fence's id, if the event is one. Whatever else is on the topic is somebody else's message. */
    Optional<String> fenceIn(byte[] event) {
        try {
            var root = json.readTree(event);
            var payload = root.has("payload") ? root.get("payload") : root;
            var message = payload.path("message");
            return PREFIX.equals(message.path("prefix").asText())
                    ? Optional.of(new String(
                            Base64.getDecoder().decode(message.path("content").asText()), StandardCharsets.UTF_8))
                    : Optional.empty();
        } catch (JacksonException | IllegalArgumentException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new IllegalStateException("reading from memory", e);
        }
    }
}
