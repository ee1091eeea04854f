package dev.failureaware.cdc.verifier;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A row's change on its way, as {@link PlayedConnector} sends it: Debezium's event without schemas, values as texts.
 *
 * @param op c, u, d or r
 * @param micros commit time, since 1970
 * @param row columns and their texts; of a delete the key only
 */
record PlayedChange(String table, String op, long lsn, long micros, Map<String, String> row) {
    static final String PLACEHOLDER = "__debezium_unavailable_value";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** -1 in tables without a key. */
    int id() {
        return Integer.parseInt(row.getOrDefault("id", "-1"));
    }

    boolean isInsert() {
        return op.equals("c");
    }

    boolean isUpdate() {
        return op.equals("u");
    }

    boolean isDelete() {
        return op.equals("d");
    }

    PlayedChange with(String column, String value) {
        var changed = new LinkedHashMap<>(row);
        changed.put(column, value);
        return new PlayedChange(table, op, lsn, micros, changed);
    }

    PlayedChange without(String column) {
        var changed = new LinkedHashMap<>(row);
        changed.remove(column);
        return new PlayedChange(table, op, lsn, micros, changed);
    }

    /** Null for a table without a key. */
    String key() {
        return id() < 0 ? null : JSON.createObjectNode().put("id", id()).toString();
    }

    String value() {
        var event = JSON.createObjectNode().put("op", op);
        var values = event.putObject(isDelete() ? "before" : "after");
        row.forEach(values::put);
        event.putObject("source").put("lsn", lsn).put("ts_us", micros).put("table", table);
        return event.toString();
    }

    static PlayedChange of(String value) {
        try {
            var event = JSON.readTree(value);
            var row = new HashMap<String, String>();
            event.get(event.has("before") ? "before" : "after").fields().forEachRemaining(field -> {
                var text = field.getValue();
                row.put(field.getKey(), text.isNull() ? null : text.asText());
            });
            var source = event.get("source");
            return new PlayedChange(
                    source.get("table").asText(),
                    event.get("op").asText(),
                    source.get("lsn").asLong(),
                    source.get("ts_us").asLong(),
                    row);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(value, e);
        }
    }

    String json() {
        var values = JSON.createObjectNode();
        row.forEach(values::put);
        return values.toString();
    }
}
