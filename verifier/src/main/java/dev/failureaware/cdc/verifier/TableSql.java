package dev.failureaware.cdc.verifier;

import static dev.failureaware.cdc.model.Identifiers.quote;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The statements that read one side of a table. Rows are hashed as the text of a record of the columns' texts, which keeps
 * null and the empty string apart. A table without a key is read as if the row's hash were its key, so that equal rows fall
 * together and are counted.
 */
final class TableSql {
    /** A power of two. Enough that one differing row of two million means fetching two thousand keys. */
    static final int BUCKETS = 1024;

    private final TablePair pair;
    private final TableShape side;

    private TableSql(TablePair pair, TableShape side) {
        this.pair = pair;
        this.side = side;
    }

    static TableSql ofSource(TablePair pair) {
        return new TableSql(pair, pair.source());
    }

    static TableSql ofSink(TablePair pair) {
        return new TableSql(pair, pair.sink());
    }

    /** Yields bucket, rows in it, sum of their hashes. */
    String digest() {
        return """
                SELECT (k & %d)::int, count(*), sum(r)::text
                FROM (SELECT %s AS k, %s AS r FROM %s AS t) AS hashed GROUP BY 1""".formatted(BUCKETS - 1, keyHash(), rowHash(), table());
    }

    /** Yields key and fingerprint of all rows in the buckets {@code $1::int[]}. */
    String rowsOfBuckets() {
        if (!pair.keyed()) {
            return """
                    SELECT ARRAY[r::text], count(*)::text FROM (SELECT %s AS r FROM %s AS t) AS hashed
                    WHERE (r & %d)::int = ANY ($1::int[]) GROUP BY r""".formatted(rowHash(), table(), BUCKETS - 1);
        }
        return """
                SELECT ARRAY[%s], %s::text FROM %s AS t WHERE (%s & %d)::int = ANY ($1::int[])""".formatted(texts(pair.key()), rowHash(), table(), keyHash(), BUCKETS - 1);
    }

    /**
     * Yields for each key that has rows: its position in the given list (from 1), version, fingerprint, number of rows.
     * The version changes with every write: it is made of the ids of the writing transactions.
     */
    String look() {
        return """
                SELECT q.position::int, hashtextextended(string_agg(t.xmin::text, ',' ORDER BY t.xmin::text), 0),
                       min(%s), count(*)
                FROM %s GROUP BY q.position""".formatted(rowHash(), lookedUp());
    }

    /** Yields for each key that has rows its position and the texts of the compared columns. */
    String values() {
        return """
                SELECT DISTINCT ON (q.position) q.position::int, ARRAY[%s]::text[] FROM %s ORDER BY q.position""".formatted(texts(pair.columns()), lookedUp());
    }

    String count() {
        return "SELECT count(*) FROM " + table();
    }

    /** The parameters of {@link #look} and {@link #values}: one array of texts for each part of the key. */
    Object[] lookedUp(List<List<String>> keys) {
        var parts = pair.keyed() ? pair.key().size() : 1;
        return IntStream.range(0, parts)
                .mapToObj(part -> keys.stream().map(key -> key.get(part)).toArray(String[]::new))
                .toArray();
    }

    /** Keys are given as texts and cast to this side's type, so that its index can serve. */
    private String lookedUp() {
        if (!pair.keyed()) {
            return "unnest($1::text[]) WITH ORDINALITY AS q (k1, position) JOIN %s AS t ON %s = q.k1::bigint"
                    .formatted(table(), rowHash());
        }
        var arrays = new ArrayList<String>();
        var names = new ArrayList<String>();
        var conditions = new ArrayList<String>();
        for (var i = 0; i < pair.key().size(); i++) {
            var column = side.column(pair.key().get(i)).orElseThrow();
            arrays.add("$%d::text[]".formatted(i + 1));
            names.add("k" + (i + 1));
            conditions.add("t.%s = q.k%d::%s".formatted(quote(column.name()), i + 1, column.type()));
        }
        return "unnest(%s) WITH ORDINALITY AS q (%s, position) JOIN %s AS t ON %s"
                .formatted(
                        String.join(", ", arrays), String.join(", ", names), table(), String.join(" AND ", conditions));
    }

    private String table() {
        return side.id().quoted();
    }

    private String keyHash() {
        return pair.keyed() ? hash(pair.key()) : rowHash();
    }

    private String rowHash() {
        return hash(pair.columns());
    }

    private static String hash(List<String> columns) {
        return "hashtextextended(ROW(%s)::text COLLATE \"C\", 0)".formatted(texts(columns));
    }

    private static String texts(List<String> columns) {
        return columns.stream()
                .map(column -> "t.%s::text".formatted(quote(column)))
                .collect(Collectors.joining(", "));
    }
}
