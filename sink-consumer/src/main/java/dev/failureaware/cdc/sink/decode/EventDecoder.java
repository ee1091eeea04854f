package dev.failureaware.cdc.sink.decode;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.failureaware.cdc.model.TableId;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Turns Kafka records into {@link Decoded} events. Never throws for what a record holds: what cannot be understood becomes
 * {@link Decoded.Undecodable}.
 *
 * <p>The schema part of an event is byte-identical between events of one table version, so it is parsed once and
 * recognised by its bytes.
 */
@ApplicationScoped
public class EventDecoder {
    private static final byte[] PAYLOAD = ",\"payload\":".getBytes(StandardCharsets.UTF_8);

    private final ObjectMapper json;
    private final Map<String, Versions> versionsByTopic = new ConcurrentHashMap<>();

    public EventDecoder(ObjectMapper json) {
        this.json = json;
    }

    public Decoded decode(ConsumerRecord<byte[], byte[]> record) {
        var partition = new TopicPartition(record.topic(), record.partition());
        if (record.value() == null) {
            return new Decoded.Tombstone(partition, record.offset());
        }
        try {
            var versions = versionsByTopic.computeIfAbsent(record.topic(), topic -> new Versions());
            return decode(
                    partition,
                    record.offset(),
                    split(record.key(), versions.keys),
                    split(record.value(), versions.values));
        } catch (IOException | IllegalArgumentException | ArithmeticException | DateTimeException e) {
            return new Decoded.Undecodable(
                    partition, record.offset(), text(record.key()), text(record.value()), e.getMessage());
        }
    }

    private Decoded decode(TopicPartition partition, long offset, Enveloped key, Enveloped value) {
        var event = value.payload();
        var source = source(event.path("source"));
        var operation = operation(event.path("op").asText());
        if (operation == Operation.TRUNCATE) {
            return new Decoded.Truncate(partition, offset, table(event.path("source")), source, seenMicros(event));
        }
        var shape = value.version().shape(event.path("source"), key);
        if (operation == Operation.DELETE) {
            if (!shape.hasKey()) {
                throw new IllegalArgumentException(
                        "a delete in " + shape.table() + ", which has no key: the row to delete cannot be told");
            }
            return new Decoded.Delete(partition, offset, shape, keyValues(shape, key.payload()), source);
        }
        if (operation == Operation.UPDATE && !shape.hasKey()) {
            throw new IllegalArgumentException(
                    "an update in " + shape.table() + ", which has no key: the row to update cannot be told");
        }
        if (source.snapshot() == Source.Snapshot.INCREMENTAL && !shape.hasKey()) {
            throw new IllegalArgumentException("a row of an incremental snapshot of " + shape.table()
                    + ", which has no key: it cannot be told from a row that is there already");
        }
        var after = event.path("after");
        if (!after.isObject()) {
            throw new IllegalArgumentException("op '" + operation.code() + "' without 'after'");
        }
        var values = new ArrayList<String>(shape.columns().size());
        for (var column : shape.columns()) {
            values.add(column.form().text(after.get(column.name())));
        }
        return new Decoded.Upsert(partition, offset, shape, operation, keyValues(shape, key.payload()), values, source);
    }

    private static List<String> keyValues(TableShape shape, JsonNode key) {
        var forms = new HashMap<String, TextForm>();
        shape.columns().forEach(column -> forms.put(column.name(), column.form()));
        var values = new ArrayList<String>(shape.keyColumns().size());
        for (var column : shape.keyColumns()) {
            values.add(forms.getOrDefault(column, ValueForm.PLAIN).text(key.get(column)));
        }
        return values;
    }

    private static Operation operation(String code) {
        for (var operation : Operation.values()) {
            if (operation.code().equals(code)) {
                return operation;
            }
        }
        throw new IllegalArgumentException("op '" + code + "' is none of r, c, u, d, t");
    }

    private static TableId table(JsonNode source) {
        return new TableId(source.path("schema").asText(), source.path("table").asText());
    }

    private static long seenMicros(JsonNode event) {
        return event.path("ts_us").isNumber()
                ? event.path("ts_us").asLong()
                : event.path("ts_ms").asLong() * 1_000;
    }

    /** @throws IllegalArgumentException where the position is missing: without one, no replay can be told from news */
    private Source source(JsonNode source) {
        var snapshot = Source.Snapshot.of(source.path("snapshot").asText(""));
        var sequence = sequence(source.path("sequence").asText(""));
        var lsn =
                source.path("lsn").isNumber() ? Long.valueOf(source.path("lsn").asLong()) : sequence.get(1);
        if (lsn == null) {
            throw new IllegalArgumentException("the event carries neither source.lsn nor source.sequence");
        }
        var micros = source.path("ts_us").isNumber()
                ? source.path("ts_us").asLong()
                : source.path("ts_ms").asLong() * 1_000;
        return new Source(lsn, sequence.get(0), micros, snapshot);
    }

    /** {@code ["end of the previous commit", "row lsn"]}, either of them possibly null. */
    private List<Long> sequence(String text) {
        var parts = Arrays.asList(new Long[2]);
        if (!text.isEmpty()) {
            try {
                var array = json.readTree(text);
                for (var i = 0; i < 2; i++) {
                    parts.set(
                            i,
                            array.path(i).isTextual()
                                    ? Long.valueOf(array.path(i).textValue())
                                    : null);
                }
            } catch (IOException e) {
                throw new IllegalArgumentException("source.sequence '" + text + "' is no JSON array", e);
            }
        }
        return parts;
    }

    /** Separates schema and payload; a record without a schema part has no columns and is refused. */
    private Enveloped split(byte[] bytes, List<SchemaVersion> known) throws IOException {
        if (bytes == null) {
            return new Enveloped(SchemaVersion.NONE, NullNode.getInstance());
        }
        for (var version : known) {
            if (startsWith(bytes, version.prefix)) {
                var length = bytes.length - version.prefix.length - 1;
                return new Enveloped(version, json.readTree(bytes, version.prefix.length, length));
            }
        }
        var whole = json.readTree(bytes);
        if (!whole.isObject() || !whole.has("schema") || !whole.has("payload")) {
            throw new IllegalArgumentException(
                    "no schema part: the connector must use JsonConverter with schemas.enable=true for key and value");
        }
        var version = new SchemaVersion(prefix(bytes), whole.get("schema"));
        if (version.prefix.length > 0) {
            known.add(0, version);
        }
        return new Enveloped(version, whole.get("payload"));
    }

    /** The bytes up to the payload, where the record is written the way JsonConverter does: schema first, payload last. */
    private byte[] prefix(byte[] bytes) throws IOException {
        try (JsonParser parser = json.createParser(bytes)) {
            parser.nextToken();
            if (parser.nextToken() == JsonToken.FIELD_NAME
                    && parser.currentName().equals("schema")) {
                parser.nextToken();
                parser.skipChildren();
                var end = (int) parser.currentLocation().getByteOffset();
                if (Arrays.equals(
                        bytes, end, Math.min(bytes.length, end + PAYLOAD.length), PAYLOAD, 0, PAYLOAD.length)) {
                    return Arrays.copyOf(bytes, end + PAYLOAD.length);
                }
            }
            return new byte[0];
        }
    }

    private static boolean startsWith(byte[] bytes, byte[] prefix) {
        return bytes.length > prefix.length && Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
    }

    private static String text(byte[] bytes) {
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }

    /** Known schema versions of one topic, newest first. */
    private static final class Versions {
        final List<SchemaVersion> keys = new CopyOnWriteArrayList<>();
        final List<SchemaVersion> values = new CopyOnWriteArrayList<>();
    }

    private record Enveloped(SchemaVersion version, JsonNode payload) {}

    /** One version of a schema part and what was read from it. */
    private static final class SchemaVersion {
        static final SchemaVersion NONE = new SchemaVersion(new byte[0], NullNode.getInstance());

        final byte[] prefix;
        final JsonNode schema;
        private volatile TableShape shape;
        private volatile SchemaVersion shapeKey;

        SchemaVersion(byte[] prefix, JsonNode schema) {
            this.prefix = prefix;
            this.schema = schema;
        }

        TableShape shape(JsonNode source, Enveloped key) {
            // Two tables may share a topic, and then the bytes of their schema parts: the connector makes both names
            // the same.
            if (shape == null
                    || shapeKey != key.version()
                    || !shape.table().name().equals(source.path("table").asText())
                    || !shape.table().schema().equals(source.path("schema").asText())) {
                shape = new TableShape(
                        new TableId(
                                source.path("schema").asText(),
                                source.path("table").asText()),
                        EventSchema.columns(schema),
                        EventSchema.keyColumns(key.version().schema));
                shapeKey = key.version();
            }
            return shape;
        }
    }
}
