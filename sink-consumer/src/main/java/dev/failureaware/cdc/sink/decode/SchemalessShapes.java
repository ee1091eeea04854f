package dev.failureaware.cdc.sink.decode;

import com.fasterxml.jackson.databind.JsonNode;
import dev.failureaware.cdc.model.TableId;
import java.io.IOException;
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
    private final Map<String, Recent> recentByTopic = new ConcurrentHashMap<>();

    /** How the last row of a topic looked that was read from a tree: most that follow look the same. */
    private record Recent(TableShape shape, PayloadReader payload, RowCutter key, long nanos) {
        boolean isBelieved() {
            return System.nanoTime() - nanos <= BELIEVED_NANOS;
        }
    }

    /**
     * A row and its key that were read without building a tree.
     *
     * @param event with its row
     */
    record Cut(TableShape shape, List<String> key, Payload event) {}

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

    /**
     * A delete has the shape of its table's rows too, as far as it tells their columns: changes of one row must have one shape to
     * keep their order within a batch.
     */
    TableShape shape(TableId table, JsonNode key, JsonNode before, JsonNode after) {
        var row = after.isObject() ? after : before.isObject() ? before : key;
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

    /** Null for what does not look like the last row of its topic; that is read from a tree. */
    Cut cut(String topic, RecordBytes key, byte[] value) {
        var recent = recentByTopic.get(topic);
        if (recent == null || key == null || key.schemaPart().length > 0 || !recent.isBelieved()) {
            return null;
        }
        var keyValues = recent.key.row();
        if (recent.key.cut(key.rest(), key.rest().length, keyValues) != key.rest().length) {
            return null;
        }
        var event = recent.payload.cut(value, value.length);
        var isRow = event != null
                && !event.operation().equals(Operation.TRUNCATE.code())
                && recent.shape.table().name().equals(event.table())
                && recent.shape.table().schema().equals(event.schema());
        return isRow ? new Cut(recent.shape, new TextRow(keyValues), event) : null;
    }

    /** @param event what was read of the bytes, a row of this shape */
    void learn(String topic, TableShape shape, byte[] value, Payload event) throws IOException {
        var recent = recentByTopic.get(topic);
        var same = recent != null && recent.shape == shape;
        if (!same || !recent.isBelieved()) {
            var sinks = known.get(shape.table());
            if (!sinks.columns.containsAll(shape.columns())) {
                return; // The sink is asked again for each event, until it has them.
            }
            recent = new Recent(
                    shape,
                    same ? recent.payload : new PayloadReader(shape.columns()),
                    same ? recent.key : new RowCutter(RowCutter.ALONE, EventDecoder.keyColumns(shape)),
                    sinks.nanos);
            recentByTopic.put(topic, recent);
        }
        recent.payload.learn(value, value.length, event);
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
