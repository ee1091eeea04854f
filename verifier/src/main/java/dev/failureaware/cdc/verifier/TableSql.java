package dev.failureaware.cdc.verifier;

import static dev.failureaware.cdc.model.Identifiers.quote;

import dev.failureaware.cdc.model.SinkBookkeeping;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The statements that read one side of a table.
 *
 * <p>A row's hash is the exclusive or of hashes of its values, each seeded with the number of its column, and of one of all values
 * together that have none of their own: a hash of a value costs half of what that of a record does, see {@link Canonical}. A
 * digest hashes it once more with the hash of the row's key, or two rows that swap their values would have the same digest as
 * before. A table without a key is read as if the row's hash, then that of a record, were its key, so that equal rows fall
 * together and are counted.
 */
final class TableSql {
    /** PostgreSQL allows 1664 elements in a record; a column has up to two. */
    private static final int ELEMENTS_OF_A_RECORD = 1000;

    /** In full, as no id is used twice; never higher than it is. */
    private static final String WRITTEN_BY = "pg_snapshot_xmax(pg_current_snapshot())::text::int8 - age(t.xmin)";

    private final TablePair pair;
    private final TableShape side;
    /** Of the row where there is no key. */
    private final String keyHash;

    private final String rowHash;

    private TableSql(TablePair pair, TableShape side) {
        this.pair = pair;
        this.side = side;
        this.keyHash = pair.keyed() ? keyHash(pair.key()) : record(pair.compared());
        this.rowHash = pair.keyed() ? rowHash(pair) : keyHash;
    }

    static TableSql ofSource(TablePair pair) {
        return new TableSql(pair, pair.source());
    }

    static TableSql ofSink(TablePair pair) {
        return new TableSql(pair, pair.sink());
    }

    /**
     * Yields bucket, rows in it, combined hash of the rows: of all parts that the given buckets have at the given number of
     * bits. As keys are unique and their hashes seeded, an exclusive or keeps all there is to know; of equal rows in a table
     * without a key it would forget pairs, so they are summed up, and with them a product, for a sum alone would not notice
     * swapped values.
     */
    Query digest(KeyRange range, Buckets among, int bits) {
        var query = new Query();
        var mask = (1L << bits) - 1;
        var hash = pair.keyed()
                ? "bit_xor(hashint8extended(h.r, h.r # h.k))"
                : "mod(sum((h.k >> 32) * (h.k & 4294967295)) + sum(h.k), 9223372036854775783)::int8";
        return query.add("SELECT h.k & %d, count(*), %s FROM %s GROUP BY 1"
                .formatted(mask, hash, hashed(query, range, among, null)));
    }

    /**
     * Yields hash of the key, key, fingerprint of each row of the buckets, in the order of the first.
     *
     * @param after leaves out all up to this hash; null for none
     */
    Query rows(KeyRange range, Buckets among, Long after) {
        var query = new Query();
        return pair.keyed()
                ? query.add("SELECT h.k, h.key, h.r FROM %s ORDER BY h.k".formatted(hashed(query, range, among, after)))
                : query.add("SELECT h.k, ARRAY[h.k::text], count(*) FROM %s GROUP BY h.k ORDER BY h.k"
                        .formatted(hashed(query, range, among, after)));
    }

    /**
     * Hash of the key, key and hash of the row, each computed once and only where it is wanted. Without the offset the planner
     * would put the expressions wherever they are used, and guess as many groups of them as there are rows, to sort all of
     * them; an offset that is not a constant of its type from the start would keep it to one process.
     */
    private String hashed(Query query, KeyRange range, Buckets among, Long after) {
        var where = where(query, range, among, after);
        return "(SELECT %s AS k, %s AS key, %s AS r FROM %s AS t%s OFFSET '0') AS h"
                .formatted(
                        keyHash,
                        pair.keyed() ? "ARRAY[" + texts(pair.key()) + "]::text[]" : "NULL",
                        rowHash,
                        table(),
                        where);
    }

    private String where(Query query, KeyRange range, Buckets among, Long after) {
        var conditions = new ArrayList<String>();
        if (range.above() != null) {
            conditions.add(keyColumns() + " > " + bound(query, range.above()));
        }
        if (range.upTo() != null) {
            conditions.add(keyColumns() + " <= " + bound(query, range.upTo()));
        }
        if (among.chosen() != null) {
            conditions.add(
                    "(%s & %d) = ANY (%s::int8[])".formatted(keyHash, among.mask(), query.parameter(among.chosen())));
        }
        if (after != null) {
            conditions.add(keyHash + " > " + query.parameter(after) + "::int8");
        }
        return conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
    }

    private String keyColumns() {
        return "ROW(" + pair.key().stream().map(ComparedColumn::reference).collect(Collectors.joining(", ")) + ")";
    }

    private String bound(Query query, List<String> key) {
        return "ROW("
                + IntStream.range(0, key.size())
                        .mapToObj(i -> "%s::text::%s"
                                .formatted(
                                        query.parameter(key.get(i)),
                                        pair.key().get(i).canonical().cast()))
                        .collect(Collectors.joining(", "))
                + ")";
    }

    /** Yields about as many rows as the planner believes the table to have, partitions included. */
    Query estimatedRows() {
        var query = new Query();
        var name = query.parameter(table());
        return query.add("""
                SELECT coalesce(sum(CASE WHEN c.reltuples >= 0 THEN c.reltuples ELSE pg_relation_size(c.oid) / 100 END), 0)::int8
                FROM pg_class c WHERE c.relkind = 'r' AND c.oid IN
                    (SELECT %1$s::text::regclass UNION SELECT relid FROM pg_partition_tree(%1$s::text::regclass))""".formatted(name));
    }

    /**
     * Yields keys in this side's order that cut a range into about the given number of parts, taken from a sample.
     *
     * @param percent of the table's blocks that are sampled
     */
    Query bounds(KeyRange range, int parts, double percent) {
        var query = new Query();
        var where = where(query, range, new Buckets(0, null), null);
        var order = pair.key().stream().map(ComparedColumn::reference).collect(Collectors.joining(", "));
        return query.add("""
                SELECT DISTINCT ON (part) key FROM (
                    SELECT ARRAY[%s]::text[] AS key, ntile(%d) OVER (ORDER BY %s) AS part, row_number() OVER (ORDER BY %s) AS position
                    FROM %s AS t TABLESAMPLE SYSTEM (%s) REPEATABLE (0)%s) AS sampled
                WHERE part > 1 ORDER BY part, position""".formatted(
                texts(pair.key()), parts, order, order, table(), Double.toString(Math.min(100, percent)), where));
    }

    /** Yields the positions (from 1) of the given keys in this side's order. */
    Query order(List<List<String>> keys) {
        var query = new Query();
        var arrays = new ArrayList<String>();
        var names = new ArrayList<String>();
        var order = new ArrayList<String>();
        for (var i = 0; i < pair.key().size(); i++) {
            var column = pair.key().get(i);
            var collation = side.column(column.name()).orElseThrow().base().collation();
            arrays.add(query.parameter(part(keys, i)) + "::text[]");
            names.add("k" + i);
            order.add("q.k%d::%s%s"
                    .formatted(i, column.canonical().cast(), collation.isEmpty() ? "" : " COLLATE " + collation));
        }
        return query.add("SELECT q.position::int FROM unnest(%s) WITH ORDINALITY AS q (%s, position) ORDER BY %s"
                .formatted(String.join(", ", arrays), String.join(", ", names), String.join(", ", order)));
    }

    /**
     * Yields for each key that has rows: its position in the given list (from 1), version, fingerprint, number of rows.
     * The version changes with every write: it is made of the ids of the writing transactions.
     */
    Query look(List<List<String>> keys) {
        var query = new Query();
        return query.add("""
                SELECT q.position::int, hashtextextended(string_agg(t.xmin::text, ',' ORDER BY t.xmin::text), 0),
                       min(%s), count(*)
                FROM %s GROUP BY q.position""".formatted(rowHash, lookedUp(query, keys)));
    }

    /** Yields for each key that has rows its position and the texts of the compared columns. */
    Query values(List<List<String>> keys) {
        var query = new Query();
        return query.add(
                "SELECT DISTINCT ON (q.position) q.position::int, ARRAY[%s]::text[] FROM %s ORDER BY q.position"
                        .formatted(texts(pair.compared()), lookedUp(query, keys)));
    }

    /**
     * Yields for each key that has rows its position, the positions of the columns that hold Debezium's placeholder, and what
     * the sink notes of the event that it applied last: lsn, commit time in microseconds since 1970, id of the transaction that
     * wrote the row.
     */
    Query marks(List<List<String>> keys) {
        var query = new Query();
        var columns = IntStream.range(0, pair.compared().size())
                .filter(i -> Placeholders.possibleIn(
                        side.column(pair.compared().get(i).name()).orElseThrow().base()))
                .boxed()
                .toList();
        var forms = columns.isEmpty() ? "" : query.parameter(Placeholders.FORMS.toArray(String[]::new));
        var placeholders = columns.stream()
                .map(i -> "CASE WHEN (%s) COLLATE \"C\" = ANY (%s::text[]) THEN %d END"
                        .formatted(pair.compared().get(i).text(), forms, i))
                .collect(Collectors.joining(", "));
        return query.add(
                        "SELECT DISTINCT ON (q.position) q.position::int, array_remove(ARRAY[%s]::int[], NULL), %s FROM %s"
                                .formatted(
                                        placeholders,
                                        side.tracked()
                                                ? "t.%s, (extract(epoch FROM t.%s) * 1000000)::int8, %s"
                                                        .formatted(
                                                                quote(SinkBookkeeping.LSN),
                                                                quote(SinkBookkeeping.SOURCE_TS),
                                                                WRITTEN_BY)
                                                : "NULL::int8, NULL::int8, NULL::int8",
                                        lookedUp(query, keys)))
                .add(" ORDER BY q.position");
    }

    /** Keys are given as texts and cast where that is safe, so that an index can serve; the text then decides. */
    private String lookedUp(Query query, List<List<String>> keys) {
        if (!pair.keyed()) {
            return "unnest(%s::text[]) WITH ORDINALITY AS q (k0, position) JOIN %s AS t ON %s = q.k0::int8"
                    .formatted(query.parameter(part(keys, 0)), table(), keyHash);
        }
        var arrays = new ArrayList<String>();
        var names = new ArrayList<String>();
        var conditions = new ArrayList<String>();
        for (var i = 0; i < pair.key().size(); i++) {
            var column = pair.key().get(i);
            var canonical = column.canonical();
            arrays.add(query.parameter(part(keys, i)) + "::text[]");
            names.add("k" + i);
            if (column.nullableAtSink()) {
                // A key of the source is never null, but a sink without a key may hold anything.
                conditions.add("coalesce('=' || (%s), '') COLLATE \"C\" = coalesce('=' || q.k%d, '')"
                        .formatted(column.text(), i));
                continue;
            }
            if (canonical.cast() != null) {
                conditions.add("%s = q.k%d::%s".formatted(column.reference(), i, canonical.cast()));
            }
            if (!canonical.exactCast()) {
                conditions.add("(%s) COLLATE \"C\" = q.k%d".formatted(column.text(), i));
            }
        }
        return "unnest(%s) WITH ORDINALITY AS q (%s, position) JOIN %s AS t ON %s"
                .formatted(
                        String.join(", ", arrays), String.join(", ", names), table(), String.join(" AND ", conditions));
    }

    private static String[] part(List<List<String>> keys, int part) {
        return keys.stream().map(key -> key.get(part)).toArray(String[]::new);
    }

    private String table() {
        return side.id().quoted();
    }

    /** Never null, whatever the sink holds. */
    private static String keyHash(List<ComparedColumn> key) {
        var hash = key.get(0).canonical().hash();
        return key.size() > 1 || hash == null
                ? record(key)
                : "coalesce(" + Canonical.in(hash, key.get(0).reference(), "0") + ", 0)";
    }

    private static String rowHash(TablePair pair) {
        var hashes = new ArrayList<String>();
        var others = new ArrayList<ComparedColumn>();
        for (var number = 0; number < pair.compared().size(); number++) {
            var column = pair.compared().get(number);
            var hash = column.canonical().hash();
            if (pair.key().contains(column)) {
                continue;
            }
            if (hash == null) {
                others.add(column);
            } else {
                // Even, so that none is another one's neighbour: see numeric.
                var seed = Integer.toString(2 * (number + 1));
                // A catalog's NOT NULL is not relied upon: it need not have been validated.
                hashes.add("coalesce(%s, 0)".formatted(Canonical.in(hash, column.reference(), seed)));
            }
        }
        if (!others.isEmpty() || hashes.isEmpty()) {
            hashes.add(record(others));
        }
        return String.join(" # ", hashes);
    }

    private static String record(List<ComparedColumn> columns) {
        var elements = columns.stream().flatMap(ComparedColumn::hashed).toList();
        var hash = "0::int8";
        for (var start = 0; start < elements.size(); start += ELEMENTS_OF_A_RECORD) {
            var part = elements.subList(start, Math.min(elements.size(), start + ELEMENTS_OF_A_RECORD));
            hash = "hash_record_extended(ROW(%s), %s)".formatted(String.join(", ", part), hash);
        }
        return hash;
    }

    private static String texts(List<ComparedColumn> columns) {
        return columns.stream().map(ComparedColumn::text).collect(Collectors.joining(", "));
    }

    /** A key as a server sends it; parts may be null. */
    static List<String> key(String[] parts) {
        return Stream.of(parts).anyMatch(part -> part == null) ? new ArrayList<>(Arrays.asList(parts)) : List.of(parts);
    }
}
