package dev.failureaware.cdc.verifier;

import dev.failureaware.cdc.model.SinkBookkeeping;
import dev.failureaware.cdc.model.TableId;
import io.vertx.mutiny.sqlclient.Row;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** What the catalogs of both sides say; no table or column name is known beforehand. */
final class Catalog {
    /** Column lists and generated columns of a publication are in attnames (PostgreSQL 15 and later). */
    private static final String CAPTURED = """
            SELECT schemaname::text, tablename::text, attnames::text[]
            FROM pg_publication_tables WHERE pubname = $1""";

    private static final String COLUMNS = """
            SELECT n.nspname::text, c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod),
                   a.attnotnull, CASE WHEN a.xmin = created.xmin THEN 2147483647 ELSE age(a.xmin) END,
                   base.schema, base.name, base.modifier,
                   coalesce((SELECT quote_ident(o.nspname) || '.' || quote_ident(l.collname)
                             FROM pg_collation l JOIN pg_namespace o ON o.oid = l.collnamespace
                             WHERE l.oid = a.attcollation AND l.collname <> 'default'), '')
            FROM unnest($1::text[], $2::text[]) AS wanted (s, t)
            JOIN pg_namespace n ON n.nspname = wanted.s
            JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = wanted.t AND c.relkind IN ('r', 'p')
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            JOIN pg_attribute created ON created.attrelid = c.oid AND created.attname = 'ctid'
            CROSS JOIN LATERAL (
                WITH RECURSIVE made_of (type, modifier) AS (
                    SELECT a.atttypid, a.atttypmod
                    UNION ALL
                    SELECT d.typbasetype, CASE WHEN m.modifier < 0 THEN d.typtypmod ELSE m.modifier END
                    FROM made_of m JOIN pg_type d ON d.oid = m.type AND d.typtype = 'd')
                SELECT tn.nspname::text AS schema, ty.typname::text AS name, m.modifier
                FROM made_of m JOIN pg_type ty ON ty.oid = m.type AND ty.typtype <> 'd'
                JOIN pg_namespace tn ON tn.oid = ty.typnamespace) base
            ORDER BY 1, 2, a.attnum""";

    private static final String KEYS = """
            SELECT DISTINCT ON (1, 2) n.nspname::text, c.relname::text, k.names
            FROM unnest($1::text[], $2::text[]) AS wanted (s, t)
            JOIN pg_namespace n ON n.nspname = wanted.s
            JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = wanted.t
            JOIN pg_index i ON i.indrelid = c.oid AND i.indisunique AND i.indisvalid
                 AND i.indpred IS NULL AND i.indexprs IS NULL
            CROSS JOIN LATERAL (
                SELECT array_agg(a.attname::text ORDER BY p.position) AS names, bool_and(a.attnotnull) AS total
                FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS p (attnum, position)
                JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = p.attnum
                WHERE p.position <= i.indnkeyatts) k
            WHERE k.total
            ORDER BY 1, 2, i.indisprimary DESC, i.indisreplident DESC, i.indexrelid""";

    private static final Set<String> TRACKING =
            Set.of(SinkBookkeeping.LSN + " bigint", SinkBookkeeping.SOURCE_TS + " timestamp with time zone");

    private Catalog() {}

    /** Captured tables with the columns that are captured. */
    static SortedMap<TableId, TableShape> ofSource(
            Database.Session session, String publication, Collection<TableId> excluded) {
        var captured = new TreeMap<TableId, Set<String>>();
        for (var row : session.rows(CAPTURED, publication)) {
            var id = new TableId(row.getString(0), row.getString(1));
            if (!excluded.contains(id)) {
                captured.put(id, Set.of(row.getArrayOfStrings(2)));
            }
        }
        return shapes(
                session, captured.keySet(), (id, column) -> captured.get(id).contains(column));
    }

    /** Tables with rows of their own or of their partitions, but for the system's and the sink's bookkeeping. */
    private static final String ALL = """
            SELECT n.nspname::text, c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence = 'p'
              AND n.nspname NOT IN ('pg_catalog', 'information_schema', $1)""";

    static List<TableId> all(Database.Session session) {
        return session.rows(ALL, SinkBookkeeping.OFFSETS.schema()).stream()
                .map(Catalog::id)
                .toList();
    }

    /** Those of the tables that a side has, without the columns that the sink keeps for itself. */
    static SortedMap<TableId, TableShape> of(Database.Session session, Collection<TableId> tables) {
        return shapes(session, tables, (id, column) -> !column.startsWith(SinkBookkeeping.COLUMN_PREFIX));
    }

    /**
     * Transactions since the newest row version of the table that still exists was written; the largest possible number
     * for a table without rows. To be read in the snapshot that the columns' ages were read in.
     */
    static int ageOfNewestRow(Database.Session session, TableId table) {
        var age = session.rows("SELECT min(age(xmin)) FROM " + table.quoted())
                .get(0)
                .getInteger(0);
        return age == null ? Integer.MAX_VALUE : age;
    }

    private static SortedMap<TableId, TableShape> shapes(
            Database.Session session, Collection<TableId> tables, Wanted wanted) {
        var schemas = tables.stream().map(TableId::schema).toArray(String[]::new);
        var names = tables.stream().map(TableId::name).toArray(String[]::new);
        var columns = new HashMap<TableId, List<Column>>();
        var tracking = new HashMap<TableId, Set<String>>();
        for (var row : session.rows(COLUMNS, schemas, names)) {
            var ofTable = columns.computeIfAbsent(id(row), absent -> new ArrayList<>());
            if (TRACKING.contains(row.getString(2) + " " + row.getString(3))) {
                tracking.computeIfAbsent(id(row), absent -> new HashSet<>()).add(row.getString(2));
            }
            if (wanted.column(id(row), row.getString(2))) {
                ofTable.add(new Column(
                        row.getString(2),
                        row.getString(3),
                        row.getBoolean(4),
                        row.getInteger(5),
                        new ColumnType(row.getString(6), row.getString(7), row.getInteger(8), row.getString(9))));
            }
        }
        var keys = new HashMap<TableId, List<String>>();
        for (var row : session.rows(KEYS, schemas, names)) {
            keys.put(id(row), List.of(row.getArrayOfStrings(2)));
        }
        var shapes = new TreeMap<TableId, TableShape>();
        columns.forEach((id, list) -> shapes.put(
                id,
                new TableShape(
                        id,
                        list,
                        keys.getOrDefault(id, List.of()),
                        tracking.getOrDefault(id, Set.of()).size() == TRACKING.size())));
        return shapes;
    }

    private static TableId id(Row row) {
        return new TableId(row.getString(0), row.getString(1));
    }

    private interface Wanted {
        boolean column(TableId table, String column);
    }

    /** Both catalogs at about the same time. */
    record Shapes(SortedMap<TableId, TableShape> source, Map<TableId, TableShape> sink) {}
}
