package dev.failureaware.cdc.chart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Values over values, as Helm merges them: objects key by key, everything else as a whole, null removes. */
final class Merge {
    private Merge() {}

    static JsonNode of(JsonNode base, JsonNode over) {
        if (!base.isObject() || !over.isObject()) {
            return over;
        }
        var merged = (ObjectNode) base.deepCopy();
        over.fields().forEachRemaining(field -> {
            var name = field.getKey();
            if (field.getValue().isNull()) {
                merged.remove(name);
            } else {
                merged.set(name, merged.has(name) ? of(merged.get(name), field.getValue()) : field.getValue());
            }
        });
        return merged;
    }
}
