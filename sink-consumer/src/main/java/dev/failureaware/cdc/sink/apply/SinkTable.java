package dev.failureaware.cdc.sink.apply;

import java.util.Map;

/**
 * A table as the sink's catalog has it.
 *
 * @param castTypes by column name, the column's type without length or precision. Values are cast to that, never to the full
 *     type: an explicit cast to {@code varchar(3)} cuts silently, an assignment refuses.
 */
record SinkTable(Map<String, String> castTypes) {

    SinkTable {
        castTypes = Map.copyOf(castTypes);
    }

    boolean has(String column) {
        return castTypes.containsKey(column);
    }
}
