-- Captured columns that cannot be carried as they are. Run at the source, in the captured database, before the connector is
-- deployed and after every change of a captured table: an answer without rows is what is wanted.
--
-- The sink refuses by itself what it sees in an event. It never sees a column that the connector leaves out, so those are
-- found here, in the source's catalog. Measured with Debezium 3.7 and this folder's settings; see docs/types.md.

WITH captured AS (
    SELECT c.oid AS table_oid, c.relreplident AS identity, p.schemaname, p.tablename, p.attnames
    FROM pg_publication_tables p
    JOIN pg_namespace n ON n.nspname = p.schemaname
    JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = p.tablename
    WHERE p.pubname = 'cdc_publication'
), columns AS (
    SELECT captured.*, a.attname, a.attnum, a.attgenerated,
           format_type(a.atttypid, a.atttypmod) AS type,
           -- a domain is carried as its base type
           coalesce(base.oid, t.oid) AS base_oid, coalesce(base.typname, t.typname) AS base_name,
           element.typname AS element_name, element.typtype AS element_kind
    FROM captured
    JOIN pg_attribute a ON a.attrelid = captured.table_oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_type base ON base.oid = nullif(t.typbasetype, 0)
    LEFT JOIN pg_type element ON element.oid = t.typelem AND t.typcategory = 'A'
), reasons AS (
    SELECT schemaname, tablename, attname, type, attnum,
           CASE
               WHEN attgenerated <> '' AND NOT attname = ANY (attnames)
                   THEN 'generated: a snapshot carries it and the stream does not'
               WHEN base_name = 'timetz' OR element_name = 'timetz' THEN 'the zone is dropped'
               WHEN base_name = 'varbit' OR element_name IN ('varbit', 'bit') THEN 'the number of bits is dropped'
               WHEN element_name = 'time' THEN 'microseconds are dropped'
               WHEN element_name IN ('interval', 'xml', 'money', 'point', 'name') THEN 'left out of every event'
               WHEN element_kind = 'e' OR element_name IN ('ltree', 'box', 'circle', 'line', 'lseg', 'path', 'polygon')
                   THEN 'null is sent instead of the array'
               WHEN element_kind = 'd' THEN 'null is sent instead of an array of a domain'
               WHEN base_name = 'bytea' AND type <> 'bytea' THEN 'a domain over bytea is taken for text'
               -- Others than these were measured to be null, or were not measured.
               WHEN identity <> 'f' AND (base_name IN ('path', 'polygon')
                       OR element_name NOT IN ('text', 'int4', 'int8', 'date', 'uuid', 'bytea', 'jsonb'))
                   THEN 'a large value that an update leaves alone arrives as null'
           END AS reason
    FROM columns
)
SELECT schemaname AS schema_name, tablename AS table_name, attname AS column_name, type, reason,
       CASE WHEN reason LIKE 'a large value%' THEN format('ALTER TABLE %I.%I REPLICA IDENTITY FULL; or ', schemaname, tablename)
           ELSE '' END || format('change its type, or leave it out with column.exclude.list=%s.%s.%s', schemaname, tablename, attname)
           AS way_out
FROM reasons WHERE reason IS NOT NULL
ORDER BY schemaname, tablename, attnum;
