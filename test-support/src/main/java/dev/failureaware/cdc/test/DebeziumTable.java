package dev.failureaware.cdc.test;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One version of a captured table; a schema change is another one. Builds this table's events. */
public final class DebeziumTable {
    /** What stands for a large value that did not change. */
    public static final String UNCHANGED = "__debezium_unavailable_value";

    private final String schema;
    private final String name;
    private final List<Column> columns;

    /**
     * @param key whether it is part of the primary key
     * @param fallback the default in the event's schema, or null; Debezium puts 1970 or zeros for a function such as now()
     */
    record Column(String name, DebeziumType type, boolean key, boolean optional, Object fallback) {}

    private DebeziumTable(String schema, String name, List<Column> columns) {
        this.schema = schema;
        this.name = name;
        this.columns = columns;
    }

    public static DebeziumTable named(String schema, String name) {
        return new DebeziumTable(schema, name, List.of());
    }

    public static DebeziumTable named(String name) {
        return named("public", name);
    }

    public DebeziumTable key(String column, DebeziumType type) {
        return with(new Column(column, type, true, false, null));
    }

    /** A uuid key with {@code DEFAULT gen_random_uuid()}. */
    public DebeziumTable generatedKey(String column) {
        return with(new Column(column, DebeziumType.UUID, true, false, "00000000-0000-0000-0000-000000000000"));
    }

    public DebeziumTable notNull(String column, DebeziumType type) {
        return with(new Column(column, type, false, false, null));
    }

    public DebeziumTable notNull(String column, DebeziumType type, Object fallback) {
        return with(new Column(column, type, false, false, fallback));
    }

    public DebeziumTable nullable(String column, DebeziumType type) {
        return with(new Column(column, type, false, true, null));
    }

    public DebeziumTable nullable(String column, DebeziumType type, Object fallback) {
        return with(new Column(column, type, false, true, fallback));
    }

    private DebeziumTable with(Column column) {
        var more = new ArrayList<>(columns);
        more.add(column);
        return new DebeziumTable(schema, name, List.copyOf(more));
    }

    public DebeziumEvent insert(Map<String, ?> row) {
        return DebeziumEvent.of(this, "c", row, null);
    }

    public DebeziumEvent update(Map<String, ?> row) {
        return DebeziumEvent.of(this, "u", row, null);
    }

    /** With {@code REPLICA IDENTITY DEFAULT}: {@code before} holds the key, and fabricated values elsewhere. */
    public DebeziumEvent delete(Map<String, ?> key) {
        return DebeziumEvent.of(this, "d", null, key);
    }

    /** A row whose key changes: first this, then {@link #arrive}, in one commit. */
    public DebeziumEvent leave(Map<String, ?> key) {
        return delete(key).leaves();
    }

    public DebeziumEvent arrive(Map<String, ?> row) {
        return insert(row).arrives();
    }

    /** The row as a snapshot read it; {@code snapshot} is {@code "true"} until set otherwise. */
    public DebeziumEvent snapshotRow(Map<String, ?> row) {
        return DebeziumEvent.of(this, "r", row, null).snapshot("true");
    }

    public DebeziumEvent truncate() {
        return DebeziumEvent.of(this, "t", null, null);
    }

    /** What follows a delete: the same key and no value. */
    public DebeziumEvent tombstone(Map<String, ?> key) {
        return DebeziumEvent.tombstoneOf(this, key);
    }

    String schema() {
        return schema;
    }

    String name() {
        return name;
    }

    String fullName(String prefix) {
        return prefix + "." + schema + "." + name;
    }

    /** Null for a table without a key. */
    ObjectNode keySchema(String prefix) {
        var keys = columns.stream().filter(Column::key).toList();
        if (keys.isEmpty()) {
            return null;
        }
        var struct = JsonNodeFactory.instance.objectNode().put("type", "struct");
        var fields = struct.putArray("fields");
        for (var column : keys) {
            var field = column.type().schema(false);
            putFallback(field, column);
            fields.add(field.put("field", column.name()));
        }
        return struct.put("optional", false).put("name", fullName(prefix) + ".Key");
    }

    ObjectNode rowSchema(String prefix, String field) {
        var struct = JsonNodeFactory.instance.objectNode().put("type", "struct");
        var fields = struct.putArray("fields");
        for (var column : columns) {
            fields.add(columnSchema(column));
        }
        return struct.put("optional", true)
                .put("name", fullName(prefix) + ".Value")
                .put("field", field);
    }

    private static ObjectNode columnSchema(Column column) {
        var type = column.type();
        var field = type.schema(column.optional());
        var parameters = field.putObject("parameters");
        if (type.allowed() != null) {
            parameters.put("allowed", type.allowed());
        }
        parameters
                .put("__debezium.source.column.type", type.source())
                .put("__debezium.source.column.length", String.valueOf(type.length()))
                .put("__debezium.source.column.scale", String.valueOf(type.scale()))
                .put("__debezium.source.column.name", column.name());
        putFallback(field, column);
        return field.put("field", column.name());
    }

    private static void putFallback(ObjectNode field, Column column) {
        if (column.fallback() != null) {
            field.putPOJO("default", column.fallback());
        }
    }

    ObjectNode keyPayload(Map<String, ?> row) {
        var payload = JsonNodeFactory.instance.objectNode();
        columns.stream().filter(Column::key).forEach(c -> payload.putPOJO(c.name(), value(c, row)));
        return payload;
    }

    /** Columns that the row does not name are null; an unknown name is refused. */
    ObjectNode rowPayload(Map<String, ?> row) {
        var payload = JsonNodeFactory.instance.objectNode();
        columns.forEach(c -> payload.putPOJO(c.name(), row.get(c.name())));
        for (var given : row.keySet()) {
            if (!payload.has(given)) {
                throw new IllegalArgumentException(name + " has no column " + given);
            }
        }
        return payload;
    }

    ObjectNode fabricatedPayload(Map<String, ?> key) {
        var payload = JsonNodeFactory.instance.objectNode();
        for (var column : columns) {
            payload.putPOJO(column.name(), column.key() ? value(column, key) : fabricated(column));
        }
        return payload;
    }

    private static Object fabricated(Column column) {
        if (column.optional()) {
            return null;
        }
        return column.fallback() != null ? column.fallback() : column.type().fabricated();
    }

    private static Object value(Column column, Map<String, ?> row) {
        var value = row.get(column.name());
        if (value == null) {
            throw new IllegalArgumentException("no value for the key column " + column.name());
        }
        return value;
    }
}
