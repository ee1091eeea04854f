package dev.failureaware.cdc.sink.decode;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.failureaware.cdc.model.TableId;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.time.DateTimeException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.common.TopicPartition;

/**
 * Turns Kafka records into {@link Decoded} events. Never throws for what a record holds: what cannot be understood becomes
 * {@link Decoded.Undecodable}.
 *
 * <p>A schema part is parsed once and recognised by its bytes.
 */
@ApplicationScoped
public class EventDecoder {
    private static final List<Operation> OPERATIONS = List.of(Operation.values());

    private final ObjectMapper json;
    private final Map<String, Versions> versionsByTopic = new ConcurrentHashMap<>();
    /** One instance of each shape, so that equal ones are the same. */
    private final Map<TableShape, TableShape> shapes = new ConcurrentHashMap<>();

    private final SchemalessShapes schemaless;
    private final SchemaParts parts = new SchemaParts();

    public EventDecoder(ObjectMapper json, SinkColumns sinkColumns) {
        this.schemaless = new SchemalessShapes(sinkColumns, shapes);
        this.json = json.copyWith(SchemaParts.JSON);
    }

    /** @param partition one instance for all of its records */
    public Decoded decode(TopicPartition partition, Received record) {
        return decode(new Place(partition, record.offset(), record.keyChanged()), record.key(), record.value());
    }

    /** The same, for a record that was kept elsewhere. */
    public Decoded decode(TopicPartition partition, long offset, byte[] key, byte[] value, boolean keyChanged) {
        return decode(
                new Place(partition, offset, keyChanged),
                parts.cut(partition.topic(), key),
                parts.cut(partition.topic(), value));
    }

    private Decoded decode(Place at, RecordBytes key, RecordBytes value) {
        if (value == null) {
            return new Decoded.Tombstone(at.partition, at.offset);
        }
        try {
            if (value.schemaPart().length == 0) {
                var cut = schemaless.cut(at.partition.topic(), key, value.rest());
                if (cut != null) {
                    return schemaless(at, cut);
                }
                var whole = json.readTree(value.rest());
                if (SchemalessShapes.isEvent(whole)) {
                    return schemaless(at, RecordBytes.whole(key), whole, value.rest());
                }
            }
            var versions = versionsByTopic.computeIfAbsent(at.partition.topic(), topic -> new Versions());
            return decode(at, enveloped(key, versions, versions.keys), enveloped(value, versions, versions.values));
        } catch (IOException | IllegalArgumentException | ArithmeticException | DateTimeException e) {
            var wholeKey = RecordBytes.whole(key);
            return new Decoded.Undecodable(
                    at.partition, at.offset, wholeKey, RecordBytes.whole(value), RecordKey.text(wholeKey), reason(e));
        }
    }

    /** Without what the record holds: the parser's own words quote it. */
    private static String reason(Exception failure) {
        if (failure instanceof JsonProcessingException json) {
            var at = json.getLocation();
            return "no JSON" + (at == null ? "" : ", line " + at.getLineNr() + ", column " + at.getColumnNr());
        }
        return String.valueOf(failure.getMessage());
    }

    private Decoded decode(Place at, Enveloped key, Enveloped value) throws IOException {
        var event = value.event(json);
        var source = event.source();
        var operation = operation(event.operation());
        if (operation == Operation.TRUNCATE) {
            var table = new TableId(event.schema(), event.table());
            return new Decoded.Truncate(at.partition, at.offset, table, source, event.seenMicros());
        }
        var table = value.version.table(event, key.version, shapes);
        var keyValues = operation == Operation.DELETE ? null : table.keyIn(event.after());
        return row(
                at,
                table.shape,
                operation,
                keyValues != null ? keyValues : key.values(json, table.key),
                event.after(),
                source);
    }

    private static Decoded schemaless(Place at, SchemalessShapes.Cut cut) {
        var event = cut.event();
        return row(at, cut.shape(), operation(event.operation()), cut.key(), event.after(), event.source());
    }

    /** What the values mean follows from the sink's table. */
    private Decoded schemaless(Place at, byte[] key, JsonNode whole, byte[] bytes) throws IOException {
        var event = Payload.read(json.treeAsTokens(whole), List.of());
        var source = event.source();
        var operation = operation(event.operation());
        var table = new TableId(event.schema(), event.table());
        if (operation == Operation.TRUNCATE) {
            return new Decoded.Truncate(at.partition, at.offset, table, source, event.seenMicros());
        }
        var after = whole.path("after");
        var keyObject = key == null ? NullNode.getInstance() : SchemalessShapes.payload(json.readTree(key));
        var shape = schemaless.shape(table, keyObject, whole.path("before"), after);
        if (after.isObject()) {
            schemaless.learn(at.partition.topic(), shape, bytes, event);
        }
        return row(
                at,
                shape,
                operation,
                new TextRow(SchemalessShapes.values(keyObject, keyColumns(shape))),
                after.isObject() ? SchemalessShapes.values(after, shape.columns()) : null,
                source);
    }

    /**
     * Where a record stands.
     *
     * @param keyChanged see {@link Received#keyChanged}
     */
    private record Place(TopicPartition partition, long offset, boolean keyChanged) {}

    private static Decoded row(
            Place at, TableShape shape, Operation operation, List<String> key, String[] after, Source source) {
        if (operation == Operation.DELETE) {
            if (!shape.hasKey()) {
                throw new IllegalArgumentException(
                        "a delete in " + shape.table() + ", which has no key: the row to delete cannot be told");
            }
            return new Decoded.Delete(at.partition, at.offset, shape, key, source, at.keyChanged);
        }
        if (operation == Operation.UPDATE && !shape.hasKey()) {
            throw new IllegalArgumentException(
                    "an update in " + shape.table() + ", which has no key: the row to update cannot be told");
        }
        if (source.snapshot() == Source.Snapshot.INCREMENTAL && !shape.hasKey()) {
            throw new IllegalArgumentException("a row of an incremental snapshot of " + shape.table()
                    + ", which has no key: it cannot be told from a row that is there already");
        }
        if (after == null) {
            throw new IllegalArgumentException("op '" + operation.code() + "' without 'after'");
        }
        if (operation == Operation.INSERT && lacksValues(after) && !at.keyChanged) {
            throw new IllegalArgumentException(
                    "a new key for a row of " + shape.table()
                            + ", without values that did not change and without the header " + Received.OLD_KEY
                            + ", which tells that they are those of the old key: let the headers pass, or set REPLICA IDENTITY FULL");
        }
        return new Decoded.Upsert(at.partition, at.offset, shape, operation, key, new TextRow(after), source);
    }

    /** Columns of the key, as the record's key has them. */
    static List<ColumnShape> keyColumns(TableShape shape) {
        return shape.keyColumns().stream()
                .map(name -> shape.columns().stream()
                        .filter(column -> column.name().equals(name))
                        .findFirst()
                        .orElseGet(() -> new ColumnShape(name, SourceType.of("text"), false, null, ValueForm.PLAIN)))
                .toList();
    }

    private static boolean lacksValues(String[] values) {
        for (var value : values) {
            if (isUnavailable(value)) {
                return true;
            }
        }
        return false;
    }

    @SuppressWarnings("StringEquality") // The placeholder is known by identity: see ValueForm.UNAVAILABLE.
    private static boolean isUnavailable(String value) {
        return value == ValueForm.UNAVAILABLE;
    }

    private static Operation operation(String code) {
        for (var operation : OPERATIONS) {
            if (operation.code().equals(code)) {
                return operation;
            }
        }
        throw new IllegalArgumentException("op '" + code + "' is none of r, c, u, d, t");
    }

    /** A record without a schema part has no columns and is refused. */
    private Enveloped enveloped(RecordBytes bytes, Versions versions, List<SchemaVersion> known) throws IOException {
        if (bytes == null) {
            return Enveloped.NONE;
        }
        if (bytes.schemaPart().length == 0) {
            var whole = json.readTree(bytes.rest());
            if (!whole.isObject() || !whole.has("schema") || !whole.has("payload")) {
                throw new IllegalArgumentException(
                        "neither an event with a schema nor one without; the converters must be"
                                + " JsonConverter with the same schemas.enable for key and value");
            }
            return new Enveloped(
                    new SchemaVersion(bytes.schemaPart(), whole.get("schema")), null, whole.get("payload"));
        }
        var version = find(bytes.schemaPart(), known);
        if (version == null) {
            synchronized (versions) {
                // Another lane may have come first, and equal versions must be one.
                version = find(bytes.schemaPart(), known);
                if (version == null) {
                    version = new SchemaVersion(bytes.schemaPart(), schema(bytes.schemaPart()));
                    known.add(0, version);
                }
            }
        }
        return new Enveloped(version, bytes.rest(), null);
    }

    private static SchemaVersion find(byte[] schemaPart, List<SchemaVersion> known) {
        for (var version : known) {
            if (Arrays.equals(version.schemaPart, schemaPart)) {
                return version;
            }
        }
        return null;
    }

    private JsonNode schema(byte[] schemaPart) throws IOException {
        try (var parser = json.createParser(schemaPart)) {
            parser.nextToken();
            parser.nextToken();
            parser.nextToken();
            return parser.readValueAsTree();
        }
    }

    /** Known schema versions of one topic, newest first. */
    private static final class Versions {
        final List<SchemaVersion> keys = new CopyOnWriteArrayList<>();
        final List<SchemaVersion> values = new CopyOnWriteArrayList<>();
    }

    /**
     * @param rest what follows the schema part, with the brace that closes both
     * @param payload where it was parsed already; else null
     */
    private record Enveloped(SchemaVersion version, byte[] rest, JsonNode payload) {
        static final Enveloped NONE = new Enveloped(
                new SchemaVersion(new byte[0], NullNode.getInstance()), new byte[0], NullNode.getInstance());

        Payload event(ObjectMapper json) throws IOException {
            if (payload == null) {
                return version.reader().read(json, rest, rest.length - 1);
            }
            try (var parser = json.treeAsTokens(payload)) {
                return Payload.read(parser, version.columns());
            }
        }

        List<String> values(ObjectMapper json, List<ColumnShape> columns) throws IOException {
            if (columns.isEmpty()) {
                return List.of();
            }
            try (var parser = parser(json)) {
                return new TextRow(
                        parser.nextToken() == JsonToken.START_OBJECT
                                ? Payload.values(parser, columns)
                                : new String[columns.size()]);
            }
        }

        private JsonParser parser(ObjectMapper json) throws IOException {
            return payload == null ? json.createParser(rest, 0, rest.length - 1) : json.treeAsTokens(payload);
        }
    }

    /**
     * A table's shape and how to read its key.
     *
     * @param key columns, as the record's key has them
     * @param keyPlaces of the key's columns in the row; -1 for one that is not there
     */
    private record Table(TableShape shape, List<ColumnShape> key, int[] keyPlaces, SchemaVersion keyVersion) {
        static Table of(TableShape shape, SchemaVersion keyVersion) {
            var key = keyColumns(shape);
            return new Table(
                    shape, key, key.stream().mapToInt(shape.columns()::indexOf).toArray(), keyVersion);
        }

        /** The key as the row's own values tell it, which spares reading the record's key; null where they do not. */
        List<String> keyIn(String[] after) {
            if (after == null) {
                return null;
            }
            var values = new String[keyPlaces.length];
            for (var i = 0; i < values.length; i++) {
                var place = keyPlaces[i];
                if (place < 0 || isUnavailable(after[place])) {
                    return null;
                }
                values[i] = after[place];
            }
            return new TextRow(values);
        }

        boolean is(Payload event, SchemaVersion keyVersion) {
            return this.keyVersion == keyVersion
                    && shape.table().name().equals(event.table())
                    && shape.table().schema().equals(event.schema());
        }
    }

    /** One version of a schema part and what was read from it. */
    private static final class SchemaVersion {
        final byte[] schemaPart;
        final JsonNode schema;
        private volatile List<ColumnShape> columns;
        private volatile PayloadReader reader;
        private volatile Table latest;

        SchemaVersion(byte[] schemaPart, JsonNode schema) {
            this.schemaPart = schemaPart;
            this.schema = schema;
        }

        List<ColumnShape> columns() {
            if (columns == null) {
                columns = List.copyOf(EventSchema.columns(schema));
            }
            return columns;
        }

        PayloadReader reader() {
            if (reader == null) {
                reader = new PayloadReader(columns());
            }
            return reader;
        }

        /**
         * Two tables may share a topic, and then the bytes of their schema parts: the connector makes both names the same.
         */
        Table table(Payload event, SchemaVersion keyVersion, Map<TableShape, TableShape> shapes) {
            var table = latest;
            if (table == null || !table.is(event, keyVersion)) {
                var shape = new TableShape(
                        new TableId(event.schema(), event.table()),
                        columns(),
                        EventSchema.keyColumns(keyVersion.schema));
                var same = shapes.putIfAbsent(shape, shape);
                table = Table.of(same == null ? shape : same, keyVersion);
                latest = table;
            }
            return table;
        }
    }
}
