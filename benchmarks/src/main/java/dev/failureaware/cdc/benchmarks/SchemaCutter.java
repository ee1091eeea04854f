package dev.failureaware.cdc.benchmarks;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Takes the schema part off what {@code JsonConverter} writes with {@code schemas.enable=true}. The rest is, byte for byte, what
 * it writes with {@code schemas.enable=false}. The schema part is looked at once and compared from then on.
 */
final class SchemaCutter {
    private static final JsonFactory JSON = new JsonFactory();
    private static final byte[] PAYLOAD = ",\"payload\":".getBytes(StandardCharsets.UTF_8);

    private final boolean schemaFull;
    private byte[] prefix = new byte[0];

    /** @param schemaFull false: there is nothing to take off */
    SchemaCutter(boolean schemaFull) {
        this.schemaFull = schemaFull;
    }

    byte[] payload(byte[] whole) {
        if (whole == null || !schemaFull) {
            return whole;
        }
        if (prefix.length == 0 || !startsWith(whole)) {
            prefix = prefixOf(whole);
        }
        return Arrays.copyOfRange(whole, prefix.length, whole.length - 1);
    }

    private boolean startsWith(byte[] whole) {
        return whole.length > prefix.length && Arrays.equals(whole, 0, prefix.length, prefix, 0, prefix.length);
    }

    private static byte[] prefixOf(byte[] whole) {
        try (var parser = JSON.createParser(whole)) {
            parser.nextToken();
            if (parser.nextToken() == JsonToken.FIELD_NAME
                    && parser.currentName().equals("schema")) {
                parser.nextToken();
                parser.skipChildren();
                var end = (int) parser.currentLocation().getByteOffset();
                if (Arrays.equals(
                        whole, end, Math.min(whole.length, end + PAYLOAD.length), PAYLOAD, 0, PAYLOAD.length)) {
                    return Arrays.copyOf(whole, end + PAYLOAD.length);
                }
            }
        } catch (IOException e) {
            throw new BenchmarkException("a record is no JSON", e);
        }
        throw new BenchmarkException("a record is not what JsonConverter writes with schemas.enable=true");
    }
}
