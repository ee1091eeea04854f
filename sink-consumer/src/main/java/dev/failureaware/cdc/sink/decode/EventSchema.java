package dev.failureaware.cdc.sink.decode;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the columns out of the schema part of an event: {@code schemas.enable=true} and
 * {@code column.propagate.source.type}, which carries the source's own type names.
 */
final class EventSchema {
    private EventSchema() {}

    private static final String SOURCE_TYPE = "__debezium.source.column.type";
    private static final String SOURCE_LENGTH = "__debezium.source.column.length";
    private static final String SOURCE_SCALE = "__debezium.source.column.scale";

    /** What the driver reports as the length of a type that has none. */
    private static final long NO_LENGTH = Integer.MAX_VALUE;
    /** The longest char(n) and varchar(n) that PostgreSQL knows. */
    private static final long LONGEST_CHAR = 10_485_760;
    /** The driver's precision of a numeric without one. */
    private static final long NUMERIC_PRECISION_LIMIT = 1_000;

    private static final String NIL_UUID = "00000000-0000-0000-0000-000000000000";
    private static final String EPOCH = "1970-01-01T00:00:00";

    private static final int MICROSECOND_DIGITS = 6;

    /** Eleven bits hold the scale; the driver reads a negative one as a number from here on. */
    private static final long NEGATIVE_SCALE = 1_024;

    private static final Map<String, String> SERIALS =
            Map.of("smallserial", "int2", "serial", "int4", "bigserial", "int8");

    /** Columns of the {@code after} (and {@code before}) struct, in the source's order. */
    static List<ColumnShape> columns(JsonNode envelopeSchema) {
        for (var field : envelopeSchema.path("fields")) {
            if (field.path("field").asText().equals("after")) {
                var columns = new ArrayList<ColumnShape>();
                for (var column : field.path("fields")) {
                    columns.add(column(column));
                }
                return columns;
            }
        }
        throw new IllegalArgumentException("the schema part has no field 'after'");
    }

    static List<String> keyColumns(JsonNode keySchema) {
        var names = new ArrayList<String>();
        for (var field : keySchema.path("fields")) {
            names.add(field.path("field").asText());
        }
        return names;
    }

    private static ColumnShape column(JsonNode field) {
        var form = form(field);
        return new ColumnShape(
                field.path("field").asText(),
                type(field),
                field.path("optional").asBoolean(),
                constantDefault(field, form),
                form);
    }

    /**
     * The connector cannot evaluate a default like {@code now()} or a sequence and makes a value up. Old rows of a column with such a
     * default stay null at the sink until their next event, which the verifier reports; a made-up value would be worse.
     */
    private static String constantDefault(JsonNode field, TextForm form) {
        if (!field.has("default") || SERIALS.containsKey(sourceType(field))) {
            return null;
        }
        var text = form.text(field.get("default"));
        var fabricated = switch (field.path("name").asText()) {
            case "io.debezium.data.Uuid" -> text.equals(NIL_UUID);
            case "io.debezium.time.ZonedTimestamp" -> text.startsWith(EPOCH);
            case "io.debezium.time.Timestamp", "io.debezium.time.MicroTimestamp", "io.debezium.time.Date" ->
                field.get("default").asLong() == 0;
            default -> false;
        };
        return fabricated ? null : text;
    }

    private static TextForm form(JsonNode field) {
        if (semantic(field).equals("io.debezium.data.Bits")) {
            return new BitsForm(field.path("parameters").path("length").asInt());
        }
        if (wireType(field).equals("array")) {
            return new ArrayForm(valueForm(field.path("items"), elementType(field)));
        }
        return valueForm(field, sourceType(field));
    }

    private static ValueForm valueForm(JsonNode field, String sourceType) {
        return switch (semantic(field)) {
            case "io.debezium.time.Date", "org.apache.kafka.connect.data.Date" -> ValueForm.DAYS;
            case "io.debezium.time.Time", "org.apache.kafka.connect.data.Time" -> ValueForm.TIME_MILLIS;
            case "io.debezium.time.MicroTime" -> ValueForm.TIME_MICROS;
            case "io.debezium.time.Timestamp", "org.apache.kafka.connect.data.Timestamp" -> ValueForm.TIMESTAMP_MILLIS;
            case "io.debezium.time.MicroTimestamp" -> ValueForm.TIMESTAMP_MICROS;
            case "io.debezium.time.ZonedTimestamp" -> ValueForm.TIMESTAMPTZ;
            case "io.debezium.data.VariableScaleDecimal" -> ValueForm.DECIMAL_STRUCT;
            case "io.debezium.data.Json" -> sourceType.equals("hstore") ? ValueForm.HSTORE : ValueForm.PLAIN;
            case "io.debezium.data.geometry.Point" -> ValueForm.POINT;
            case "io.debezium.data.geometry.Line" -> ValueForm.LINE;
            case "io.debezium.data.geometry.Circle" -> ValueForm.CIRCLE;
            case "io.debezium.data.geometry.Geometry" -> geometry(sourceType);
            default -> unnamed(field, sourceType);
        };
    }

    private static ValueForm geometry(String sourceType) {
        return switch (sourceType) {
            case "lseg" -> ValueForm.LSEG;
            case "box" -> ValueForm.BOX;
            case "path" -> ValueForm.PATH;
            case "polygon" -> ValueForm.POLYGON;
            default -> ValueForm.PLAIN;
        };
    }

    private static ValueForm unnamed(JsonNode field, String sourceType) {
        return switch (wireType(field)) {
            case "bytes" ->
                sourceType.isEmpty() || sourceType.equals("bytea") ? ValueForm.BYTES : ValueForm.TEXT_IN_BYTES;
            case "boolean" -> sourceType.equals("bit") ? ValueForm.BIT : ValueForm.PLAIN;
            default -> sourceType.equals("numeric") ? ValueForm.DECIMAL_TEXT : ValueForm.PLAIN;
        };
    }

    private static String wireType(JsonNode field) {
        return field.path("type").asText();
    }

    private static String semantic(JsonNode field) {
        return field.path("name").asText();
    }

    private static String elementType(JsonNode field) {
        var type = sourceType(field);
        return type.startsWith("_") ? type.substring(1) : type;
    }

    private static String sourceType(JsonNode field) {
        return field.path("parameters").path(SOURCE_TYPE).asText().toLowerCase(Locale.ROOT);
    }

    private static SourceType type(JsonNode field) {
        var source = sourceType(field);
        var array = wireType(field).equals("array");
        var fallback = array ? fallbackType(field.path("items")) + "[]" : fallbackType(field);
        if (source.isEmpty()) {
            return new SourceType(fallback, "", false, fallback, refusal(field));
        }
        // An array's type begins with an underscore; that of a domain over arrays has a name of its own.
        var element = elementType(field);
        var name = SERIALS.getOrDefault(element, element);
        return new SourceType(
                name, modifier(name, field.path("parameters")), source.startsWith("_"), fallback, refusal(field));
    }

    private static String modifier(String type, JsonNode parameters) {
        var length = parameters.path(SOURCE_LENGTH).asLong(NO_LENGTH);
        var scale = parameters.path(SOURCE_SCALE).asLong(0);
        return switch (type) {
            case "varchar", "bpchar" -> length > 0 && length <= LONGEST_CHAR ? "(" + length + ")" : "";
            case "bit" -> length > 0 && length <= LONGEST_CHAR ? "(" + length + ")" : "";
            case "numeric" ->
                length > 0 && length <= NUMERIC_PRECISION_LIMIT
                        ? "(" + length + "," + (scale >= NEGATIVE_SCALE ? scale - 2 * NEGATIVE_SCALE : scale) + ")"
                        : "";
            case "time", "timetz", "timestamp", "timestamptz", "interval" ->
                parameters.has(SOURCE_SCALE) && scale < MICROSECOND_DIGITS ? "(" + scale + ")" : "";
            default -> "";
        };
    }

    /** Types whose ordinary values Debezium 3.7 bends or drops: measured, see docs/types.md. */
    private static Optional<String> refusal(JsonNode field) {
        var items = field.path("items");
        return switch (semantic(field)) {
            case "io.debezium.time.ZonedTime" -> Optional.of("Debezium sends the time in UTC and drops the zone");
            case "io.debezium.data.Bits" ->
                switch (sourceType(field)) {
                    case "bit" -> Optional.empty();
                    default -> Optional.of("Debezium drops the number of bits, or the whole value");
                };
            default ->
                switch (semantic(items)) {
                    case "io.debezium.time.ZonedTime" ->
                        Optional.of("Debezium sends the times in UTC and drops the zones");
                    case "io.debezium.time.MicroTime", "io.debezium.time.Time" ->
                        Optional.of("Debezium cuts the times' microseconds");
                    case "io.debezium.data.Enum", "io.debezium.data.Ltree" ->
                        Optional.of("Debezium sends null for the whole array");
                    default ->
                        wireType(items).equals("struct")
                                ? Optional.of("Debezium sends null for the whole array")
                                : Optional.empty();
                };
        };
    }

    private static String fallbackType(JsonNode field) {
        return switch (wireType(field)) {
            case "int8", "int16" -> "int2";
            case "int32" -> "int4";
            case "int64" -> "int8";
            case "float" -> "float4";
            case "double" -> "float8";
            case "boolean" -> "bool";
            case "bytes" -> sourceType(field).isEmpty() && semantic(field).isEmpty() ? "bytea" : "text";
            default -> "text";
        };
    }
}
