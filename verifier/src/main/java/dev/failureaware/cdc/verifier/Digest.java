package dev.failureaware.cdc.verifier;

import io.vertx.mutiny.sqlclient.Row;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Rows of one side of a table, as a count and a combined hash for each bucket of keys that has any. Equal digests mean equal
 * rows, but for two sets of changes whose 64-bit hashes happen to combine to the same.
 */
record Digest(Map<Long, Part> parts) {
    record Part(long rows, long hash) {
        static final Part EMPTY = new Part(0, 0);
    }

    static Digest of(List<Row> rows) {
        var parts = new HashMap<Long, Part>(rows.size() * 2);
        rows.forEach(row -> parts.put(row.getLong(0), new Part(row.getLong(1), row.getLong(2))));
        return new Digest(parts);
    }

    long rows() {
        return parts.values().stream().mapToLong(Part::rows).sum();
    }

    /** Buckets that are not equal, with the number of rows of the side that has more of them. */
    TreeMap<Long, Long> unequalTo(Digest other) {
        var unequal = new TreeMap<Long, Long>();
        parts.forEach((bucket, part) -> {
            var opposite = other.parts.getOrDefault(bucket, Part.EMPTY);
            if (!part.equals(opposite)) {
                unequal.put(bucket, Math.max(part.rows, opposite.rows));
            }
        });
        other.parts.forEach((bucket, part) -> {
            if (!parts.containsKey(bucket)) {
                unequal.put(bucket, part.rows);
            }
        });
        return unequal;
    }
}
