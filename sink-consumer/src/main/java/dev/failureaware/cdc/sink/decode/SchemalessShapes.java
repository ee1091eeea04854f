package dev.failureaware.cdc.sink.decode;

import com.fasterxml.jackson.databind.JsonNode;
import dev.failureaware.cdc.model.TableId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Shapes of events without a schema part ({@code schemas.enable=false}): names come from the event, types from the sink's table.
 * A column that the table lacks, or a table that does not exist, is in the shape too, and stops the table when it is applied.
 */
final class SchemalessShapes {
    /** How long the sink's columns are believed to be as they were, unless an event has one that they lack. */
    private static final long BELIEVED_NANOS = Duration.ofSeconds(5).toNanos();

    private final SinkColumns sink;
    private final Map<TableShape, TableShape> shapes;
    private final Map<TableId, Known> known = new ConcurrentHashMap<>();

    private record Known(List<ColumnShape> columns, long nanos) {
        boolean holds(JsonNode after) {
            if (System.nanoTime() - nanos > BELIEVED_NANOS) {
                return false;
            }
            for (var names = after.fieldNames(); names.hasNext(); ) {
                if (find(columns, names.next()).isEmpty()) {
                    return false;
                }
            }
            return true;
        }
    }

    /** @param shapes one instance of each shape */
    SchemalessShapes(SinkColumns sink, Map<TableShape, TableShape> shapes) {
        this.sink = sink;
        this.shapes = shapes;
    }

    static boolean isEvent(JsonNode whole) {
        return whole.isObject() && whole.has("op") && whole.has("source") && !whole.has("payload");
    }

    /** Of a key that has a schema part all the same, without it. */
    static JsonNode payload(JsonNode key) {
        return key.has("schema") && key.has("payload") && key.size() == 2 ? key.get("payload") : key;
    }

    /** @param after null or missing for a delete, which only needs the key's columns */
    TableShape shape(TableId table, JsonNode key, JsonNode after) {
        var row = after.isObject() ? after : key;
        var now = known.get(table);
        if (now == null || !now.holds(row)) {
            now = new Known(sink.of(table), System.nanoTime());
            known.put(table, now);
        }
        var columns = new ArrayList<ColumnShape>();
        for (var names = row.fieldNames(); names.hasNext(); ) {
            var name = names.next();
            columns.add(find(now.columns, name)
                    .orElseGet(() -> new ColumnShape(name, SourceType.of("text"), true, null, ValueForm.PLAIN)));
        }
        var keyColumns = new ArrayList<String>();
        key.fieldNames().forEachRemaining(keyColumns::add);
        var shape = new TableShape(table, columns, keyColumns, true);
        var same = shapes.putIfAbsent(shape, shape);
        return same == null ? shape : same;
    }

    private static Optional<ColumnShape> find(List<ColumnShape> columns, String name) {
        return columns.stream().filter(column -> column.name().equals(name)).findFirst();
    }

    static String[] values(JsonNode object, List<ColumnShape> columns) {
        return columns.stream()
                .map(column -> column.form().text(object.get(column.name())))
                .toArray(String[]::new);
    }
}
