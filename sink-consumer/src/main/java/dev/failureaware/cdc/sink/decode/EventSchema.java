package dev.failureaware.cdc.sink.decode;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

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

    private static final Set<String> WITH_FRACTION = Set.of("time", "timetz", "timestamp", "timestamptz");
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
                sqlType(field),
                field.path("optional").asBoolean(),
                constantDefault(field, form),
                form);
    }

    /**
     * The connector cannot evaluate a default like {@code now()} and makes a value up. Old rows of a column with such a
     * default stay null at the sink until their next event, which the verifier reports; a made-up value would be worse.
     */
    private static String constantDefault(JsonNode field, ValueForm form) {
        if (!field.has("default")) {
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

    private static ValueForm form(JsonNode field) {
        var semantic = field.path("name").asText();
        return switch (semantic) {
            case "io.debezium.time.Date", "org.apache.kafka.connect.data.Date" -> ValueForm.DAYS;
            case "io.debezium.time.Time", "org.apache.kafka.connect.data.Time" -> ValueForm.TIME_MILLIS;
            case "io.debezium.time.MicroTime" -> ValueForm.TIME_MICROS;
            case "io.debezium.time.Timestamp", "org.apache.kafka.connect.data.Timestamp" -> ValueForm.TIMESTAMP_MILLIS;
            case "io.debezium.time.MicroTimestamp" -> ValueForm.TIMESTAMP_MICROS;
            case "io.debezium.data.VariableScaleDecimal" -> ValueForm.DECIMAL_STRUCT;
            default ->
                switch (field.path("type").asText()) {
                    case "bytes" -> ValueForm.BYTES;
                    case "array" -> ValueForm.ARRAY;
                    default -> sourceType(field).equals("numeric") ? ValueForm.DECIMAL_TEXT : ValueForm.PLAIN;
                };
        };
    }

    private static String sourceType(JsonNode field) {
        return field.path("parameters").path(SOURCE_TYPE).asText().toLowerCase(Locale.ROOT);
    }

    /** The source's type as SQL; where the event does not carry it, the nearest type that holds every value. */
    private static String sqlType(JsonNode field) {
        var type = sourceType(field);
        if (type.isEmpty()) {
            return fallbackType(field);
        }
        var length = field.path("parameters").path(SOURCE_LENGTH).asLong(NO_LENGTH);
        var scale = field.path("parameters").path(SOURCE_SCALE).asLong(0);
        var element = type.startsWith("_") ? type.substring(1) : type;
        var suffix = type.startsWith("_") ? "[]" : "";
        var sql = SERIALS.getOrDefault(element, element);
        if ((sql.equals("varchar") || sql.equals("bpchar")) && length > 0 && length <= LONGEST_CHAR) {
            return sql + "(" + length + ")" + suffix;
        }
        if (sql.equals("numeric") && length > 0 && length <= NUMERIC_PRECISION_LIMIT) {
            return "numeric(" + length + "," + scale + ")" + suffix;
        }
        if (WITH_FRACTION.contains(sql) && field.path("parameters").has(SOURCE_SCALE) && scale < MICROSECOND_DIGITS) {
            return sql + "(" + scale + ")" + suffix;
        }
        return sql + suffix;
    }

    private static String fallbackType(JsonNode field) {
        return switch (field.path("type").asText()) {
            case "int8", "int16" -> "int2";
            case "int32" -> "int4";
            case "int64" -> "int8";
            case "float" -> "float4";
            case "double" -> "float8";
            case "boolean" -> "bool";
            case "bytes" -> "bytea";
            default -> "text";
        };
    }
}
