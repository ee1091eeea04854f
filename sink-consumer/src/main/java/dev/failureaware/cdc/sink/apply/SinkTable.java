package dev.failureaware.cdc.sink.apply;

import dev.failureaware.cdc.model.SinkBookkeeping;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A table as the sink's catalog has it, and what the sink remembers of its past.
 *
 * @param columns by name, in the catalog's order; empty where the table does not exist
 * @param key columns of the primary key
 * @param schemaLsn position of the first event known to have the shape that the table follows; events before it have older
 *     shapes, because a change of a table waits for all its writers and all later writers wait for it
 * @param former columns that the source no longer has, with what became of each
 */
record SinkTable(Map<String, SinkColumn> columns, List<String> key, long schemaLsn, Map<String, Former> former) {

    /** @param newName empty for a column that has no successor */
    record Former(Optional<String> newName) {}

    SinkTable {
        columns = new LinkedHashMap<>(columns);
        key = List.copyOf(key);
        former = Map.copyOf(former);
    }

    SinkTable following(long lsn) {
        return new SinkTable(columns, key, lsn, former);
    }

    boolean exists() {
        return !columns.isEmpty();
    }

    boolean has(String column) {
        return columns.containsKey(column);
    }

    String castType(String column) {
        return columns.get(column).castType();
    }

    /** Columns that hold the source's data. */
    List<String> dataColumns() {
        return columns.keySet().stream()
                .filter(column -> !column.startsWith(SinkBookkeeping.COLUMN_PREFIX))
                .toList();
    }

    /** Where a value of that column is kept; empty where it is kept no longer. */
    Optional<String> placeOf(String column) {
        var name = column;
        var seen = new ArrayList<String>();
        while (!has(name)) {
            var past = former.get(name);
            if (past == null || past.newName().isEmpty() || seen.contains(name)) {
                return Optional.empty();
            }
            seen.add(name);
            name = past.newName().get();
        }
        return Optional.of(name);
    }
}
