package dev.failureaware.cdc.sink.decode;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Cuts the schema part off what JsonConverter writes with {@code schemas.enable=true}: {@code {"schema":…,"payload":…}}. It is
 * nine tenths of an event and byte-identical between events of one table version (facts), so it is looked at once and known by
 * its bytes from then on.
 */
final class SchemaParts {
    /** Of a topic; more would only be there one after the other. */
    private static final int MOST_KNOWN = 16;

    private static final byte[] SCHEMA = "{\"schema\":".getBytes(StandardCharsets.UTF_8);
    private static final byte[] PAYLOAD = ",\"payload\":".getBytes(StandardCharsets.UTF_8);
    /** A record is as long as Kafka lets it be. */
    static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    /** By topic, newest first. */
    private final Map<String, List<byte[]>> known = new ConcurrentHashMap<>();

    /** Never throws for what the bytes are; null for null. */
    RecordBytes cut(String topic, byte[] bytes) {
        if (bytes == null || !startsWith(bytes, SCHEMA)) {
            return RecordBytes.uncut(bytes);
        }
        var parts = known.computeIfAbsent(topic, none -> new CopyOnWriteArrayList<>());
        for (var part : parts) {
            if (startsWith(bytes, part)) {
                return cut(bytes, part);
            }
        }
        var length = length(bytes);
        if (length == 0) {
            return RecordBytes.uncut(bytes);
        }
        var part = Arrays.copyOf(bytes, length);
        parts.add(0, part);
        if (parts.size() > MOST_KNOWN) {
            parts.remove(MOST_KNOWN);
        }
        return cut(bytes, part);
    }

    private static RecordBytes cut(byte[] bytes, byte[] part) {
        return new RecordBytes(part, Arrays.copyOfRange(bytes, part.length, bytes.length));
    }

    /** Of the bytes up to the payload; 0 where something else follows the schema. */
    private static int length(byte[] bytes) {
        try (var parser = JSON.createParser(bytes)) {
            parser.nextToken();
            if (parser.nextToken() == JsonToken.FIELD_NAME
                    && parser.currentName().equals("schema")) {
                parser.nextToken();
                parser.skipChildren();
                var end = (int) parser.currentLocation().getByteOffset();
                var length = end + PAYLOAD.length;
                if (bytes.length > length && Arrays.equals(bytes, end, length, PAYLOAD, 0, PAYLOAD.length)) {
                    return length;
                }
            }
        } catch (IOException e) {
            return 0; // No JSON; who reads it will say so.
        }
        return 0;
    }

    private static boolean startsWith(byte[] bytes, byte[] start) {
        return bytes.length > start.length && Arrays.equals(bytes, 0, start.length, start, 0, start.length);
    }
}
