package dev.failureaware.cdc.sink.decode;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.TreeMap;

/**
 * What tells the records of one row from those of others, for records whose value may be unreadable: the key's payload,
 * without the schema part and in one order of fields. A key that cannot be read either stands for itself.
 */
public final class RecordKey {
    /** An index entry of PostgreSQL holds some 2,700 bytes; a longer key is represented by its hash. */
    private static final int MOST_CHARACTERS = 600;

    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private RecordKey() {}

    /** @return null for a record without a key: then nothing tells its row from others */
    public static String text(byte[] key) {
        if (key == null) {
            return null;
        }
        String text;
        try {
            text = canonical(JSON.readTree(key));
        } catch (IOException e) {
            text = "unreadable " + hash(key);
        }
        return text.length() <= MOST_CHARACTERS ? text : "sha256 " + hash(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String canonical(JsonNode key) throws JsonProcessingException {
        var payload = key.has("schema") && key.has("payload") && key.size() == 2 ? key.get("payload") : key;
        if (!payload.isObject()) {
            return JSON.writeValueAsString(payload);
        }
        var fields = new TreeMap<String, JsonNode>();
        payload.fields().forEachRemaining(field -> fields.put(field.getKey(), field.getValue()));
        return JSON.writeValueAsString(fields);
    }

    private static String hash(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
