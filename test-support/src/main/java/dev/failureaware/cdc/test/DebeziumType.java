package dev.failureaware.cdc.test;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.Locale;

/**
 * A PostgreSQL type as Debezium 3.7 describes it in an event's schema, with {@code decimal.handling.mode=string},
 * {@code interval.handling.mode=string} and {@code column.propagate.source.type}.
 *
 * @param connect type on the wire: {@code int16 … string, bytes, array}
 * @param semantic name of the semantic type, or null
 * @param source PostgreSQL's name of the type, upper case
 * @param length as propagated; 2147483647 where the type has none
 * @param allowed labels of an enum, separated by commas, or null
 * @param items wire type of an array's elements, or null
 * @param fabricated what a NOT NULL column holds in {@code before} when only the key is known
 */
public record DebeziumType(
        String connect,
        String semantic,
        String source,
        int length,
        int scale,
        String allowed,
        String items,
        Object fabricated) {
    private static final int UNLIMITED = Integer.MAX_VALUE;

    public static final DebeziumType INT2 = plain("int16", "INT2", 5, (short) 0);
    public static final DebeziumType INT4 = plain("int32", "INT4", 10, 0);
    public static final DebeziumType INT8 = plain("int64", "INT8", 19, 0L);
    public static final DebeziumType BOOL = plain("boolean", "BOOL", 1, false);
    public static final DebeziumType FLOAT4 = new DebeziumType("float", null, "FLOAT4", 8, 8, null, null, 0.0f);
    public static final DebeziumType FLOAT8 = new DebeziumType("double", null, "FLOAT8", 17, 17, null, null, 0.0);
    public static final DebeziumType TEXT = plain("string", "TEXT", UNLIMITED, "");
    public static final DebeziumType VARCHAR = varchar(UNLIMITED);
    public static final DebeziumType INET = plain("string", "INET", UNLIMITED, "");
    public static final DebeziumType BYTEA = plain("bytes", "BYTEA", UNLIMITED, "");
    public static final DebeziumType NUMERIC = numeric(131089, 0);
    public static final DebeziumType UUID = named("string", "data.Uuid", "UUID", UNLIMITED, 0, "");
    public static final DebeziumType JSONB = named("string", "data.Json", "JSONB", UNLIMITED, 0, "{}");
    public static final DebeziumType JSON = named("string", "data.Json", "JSON", UNLIMITED, 0, "{}");
    public static final DebeziumType DATE = named("int32", "time.Date", "DATE", 13, 0, 0);
    public static final DebeziumType TIME = named("int64", "time.MicroTime", "TIME", 15, 6, 0L);
    public static final DebeziumType TIMETZ = named("string", "time.ZonedTime", "TIMETZ", 21, 6, "00:00:00Z");
    public static final DebeziumType TIMESTAMP = named("int64", "time.MicroTimestamp", "TIMESTAMP", 29, 6, 0L);
    public static final DebeziumType TIMESTAMPTZ =
            named("string", "time.ZonedTimestamp", "TIMESTAMPTZ", 35, 6, "1970-01-01T00:00:00.000000Z");
    public static final DebeziumType INTERVAL = named("string", "time.Interval", "INTERVAL", 49, 6, "P0Y0M0DT0H0M0S");

    public static DebeziumType varchar(int length) {
        return plain("string", "VARCHAR", length, "");
    }

    public static DebeziumType bpchar(int length) {
        return plain("string", "BPCHAR", length, "");
    }

    public static DebeziumType numeric(int precision, int scale) {
        var zero = BigDecimal.ZERO.setScale(scale).toPlainString();
        return new DebeziumType("string", null, "NUMERIC", precision, scale, null, null, zero);
    }

    public static DebeziumType enumeration(String name, String... labels) {
        return new DebeziumType(
                "string",
                "io.debezium.data.Enum",
                name.toUpperCase(Locale.ROOT),
                UNLIMITED,
                0,
                String.join(",", labels),
                null,
                labels[0]);
    }

    public static DebeziumType arrayOf(DebeziumType element) {
        return new DebeziumType(
                "array", null, "_" + element.source, element.length, element.scale, null, element.connect, null);
    }

    private static DebeziumType plain(String connect, String source, int length, Object fabricated) {
        return new DebeziumType(connect, null, source, length, 0, null, null, fabricated);
    }

    private static DebeziumType named(
            String connect, String semantic, String source, int length, int scale, Object fabricated) {
        return new DebeziumType(connect, "io.debezium." + semantic, source, length, scale, null, null, fabricated);
    }

    /** The field's schema, without what only a row's field has: parameters, default, name. */
    ObjectNode schema(boolean optional) {
        var schema = JsonNodeFactory.instance.objectNode().put("type", connect);
        if (items != null) {
            schema.putObject("items").put("type", items).put("optional", true);
        }
        schema.put("optional", optional);
        if (semantic != null) {
            schema.put("name", semantic).put("version", 1);
        }
        return schema;
    }
}
