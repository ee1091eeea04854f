package dev.failureaware.cdc.sink.decode;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.Collectors;

/** Debezium sends an hstore as a JSON object; PostgreSQL reads it in a form of its own. */
final class Hstore {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The order in which PostgreSQL writes keys, so that the text is right in a text column too. */
    private static final Comparator<byte[]> KEYS =
            Comparator.<byte[]>comparingInt(key -> key.length).thenComparing(Arrays::compareUnsigned);

    private Hstore() {}

    static String text(String json) {
        try {
            var pairs = JSON.readTree(json);
            return pairs.properties().stream()
                    .sorted(Comparator.comparing(pair -> pair.getKey().getBytes(StandardCharsets.UTF_8), KEYS))
                    .map(pair -> quoted(pair.getKey()) + "=>" + value(pair.getValue()))
                    .collect(Collectors.joining(", "));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("an hstore that is no JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static String value(JsonNode value) {
        return value.isNull() ? "NULL" : quoted(value.asText());
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
