package dev.failureaware.cdc.sink.apply;

import dev.failureaware.cdc.model.SinkBookkeeping;
import dev.failureaware.cdc.model.TableId;
import dev.failureaware.cdc.sink.decode.Decoded;
import dev.failureaware.cdc.sink.decode.Operation;
import dev.failureaware.cdc.sink.decode.ValueForm;
import dev.failureaware.cdc.sink.plan.KeyOrder.Key;
import dev.failureaware.cdc.sink.plan.Plan.ParkedRecord;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.core.buffer.Buffer;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.SqlClient;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;

/**
 * Records that were put aside, in {@link SinkBookkeeping#PARKED}: written in the transaction that moves the offset past them,
 * so each is there once, however often a batch is tried. A record is <em>unresolved</em> until it has an outcome.
 */
@ApplicationScoped
public class ParkedRecords {
    static final String TABLE = SinkBookkeeping.PARKED.quoted();

    /** Brings the table of any earlier version to this one; done each time a process starts. */
    static final List<String> UPGRADE = List.of(
            "ALTER TABLE " + TABLE + " ADD COLUMN IF NOT EXISTS kind text NOT NULL DEFAULT '" + Entry.EARLIER + "',"
                    + " ADD COLUMN IF NOT EXISTS key_bytes bytea, ADD COLUMN IF NOT EXISTS value_bytes bytea,"
                    + " ADD COLUMN IF NOT EXISTS row_key text,"
                    + " ADD COLUMN IF NOT EXISTS schema_name text, ADD COLUMN IF NOT EXISTS table_name text,"
                    + " ADD COLUMN IF NOT EXISTS sqlstate text,"
                    + " ADD COLUMN IF NOT EXISTS after_lsn bigint, ADD COLUMN IF NOT EXISTS snapshot_lsn bigint,"
                    + " ADD COLUMN IF NOT EXISTS key_changed boolean NOT NULL DEFAULT false,"
                    + " ADD COLUMN IF NOT EXISTS replayed_at timestamptz, ADD COLUMN IF NOT EXISTS outcome text",
            "UPDATE " + TABLE + " SET key_bytes = convert_to(key, 'UTF8'), value_bytes = convert_to(value, 'UTF8')"
                    + " WHERE kind = '" + Entry.EARLIER + "' AND outcome IS NULL AND value_bytes IS NULL",
            "CREATE INDEX IF NOT EXISTS parked_unresolved ON " + TABLE
                    + " (topic, partition, \"offset\") WHERE outcome IS NULL",
            "CREATE INDEX IF NOT EXISTS parked_unresolved_keys ON " + TABLE
                    + " (topic, partition, row_key, \"offset\") WHERE outcome IS NULL");

    /** Text for people; the bytes beside it are the record. */
    private static final int MOST_TEXT_BYTES = 4_000;

    private final Pool pool;

    ParkedRecords(Pool pool) {
        this.pool = pool;
    }

    /** What became of a parked record. */
    public enum Outcome {
        /** Applied after all. */
        REPLAYED,
        /** Not applied, because the sink's row, or its absence, is newer. */
        SUPERSEDED,
        /** Somebody has decided that it shall not be applied. */
        DISMISSED;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A parked record.
     *
     * @param kind undecodable, or one of {@link Decoded.Why} in lower case, or {@link #EARLIER}
     * @param table null where the record does not tell
     * @param after see {@link ParkedRecord#after()}
     * @param keyChanged whether it is a half of a change of its row's key, which the record's headers say
     * @param snapshot lsn of the newest snapshot that the sink knew when it parked the record, 0 for none
     */
    public record Entry(
            long id,
            TopicPartition partition,
            long offset,
            String kind,
            byte[] key,
            byte[] value,
            String rowKey,
            TableId table,
            String reason,
            Long after,
            long snapshot,
            boolean keyChanged) {
        /** Parked by a version of the sink that did apply later records of the same key. */
        public static final String EARLIER = "earlier";
    }

    /** Those of the partitions that have any unresolved record. */
    public Uni<Set<TopicPartition>> among(Collection<TopicPartition> partitions) {
        var all = List.copyOf(partitions);
        return pool.preparedQuery(
                        "SELECT w.topic, w.partition FROM unnest($1::text[], $2::int[]) AS w (topic, partition)"
                                + " WHERE EXISTS (SELECT FROM " + TABLE
                                + " p WHERE p.topic = w.topic AND p.partition = w.partition AND p.outcome IS NULL)")
                .execute(Tuple.of(texts(all, TopicPartition::topic), numbers(all)))
                .map(rows -> {
                    var found = new HashSet<TopicPartition>();
                    rows.forEach(row -> found.add(new TopicPartition(row.getString(0), row.getInteger(1))));
                    return found;
                });
    }

    /** Of each of these keys that has unresolved records, the offset of the first. */
    public Uni<Map<Key, Long>> first(Collection<Key> keys) {
        return first(pool, keys);
    }

    private static Uni<Map<Key, Long>> first(SqlClient client, Collection<Key> keys) {
        var all = List.copyOf(keys);
        var partitions = all.stream().map(Key::partition).toList();
        return client.preparedQuery("SELECT w.topic, w.partition, w.row_key, (SELECT min(p.\"offset\") FROM " + TABLE
                        + " p WHERE p.topic = w.topic AND p.partition = w.partition AND p.row_key = w.row_key"
                        + " AND p.outcome IS NULL) FROM unnest($1::text[], $2::int[], $3::text[])"
                        + " AS w (topic, partition, row_key)")
                .execute(Tuple.of(
                        texts(partitions, TopicPartition::topic), numbers(partitions), texts(all, Key::rowKey)))
                .map(rows -> {
                    var found = new HashMap<Key, Long>();
                    for (var row : rows) {
                        if (row.getLong(3) != null) {
                            found.put(
                                    new Key(new TopicPartition(row.getString(0), row.getInteger(1)), row.getString(2)),
                                    row.getLong(3));
                        }
                    }
                    return found;
                });
    }

    /**
     * Fails when one of these keys has no unresolved record any more: it was replayed while the batch was planned, and what
     * was going to be parked behind it need not be. The partitions' offsets must be locked.
     */
    Uni<Void> requireUnresolved(SqlConnection connection, Collection<Key> keys) {
        if (keys.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        return first(connection, keys)
                .invoke(found -> {
                    if (found.size() < keys.size()) {
                        throw new ParkedChangedException();
                    }
                })
                .replaceWithVoid();
    }

    /** A record that is read again while it is unresolved is not written twice. */
    Uni<Void> add(SqlConnection connection, List<ParkedRecord> records) {
        if (records.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        return connection
                .preparedQuery("INSERT INTO " + TABLE
                        + " (topic, partition, \"offset\", kind, key, value, key_bytes, value_bytes, row_key, schema_name,"
                        + " table_name, reason, sqlstate, after_lsn, key_changed, snapshot_lsn)"
                        + " SELECT $1::text, $2::int, $3::bigint, $4::text, $5::text, $6::text, $7::bytea, $8::bytea,"
                        + " $9::text, $10::text, $11::text, $12::text, $13::text, $14::bigint, $15::boolean,"
                        + " (SELECT coalesce(max(lsn), 0) FROM " + SinkBookkeeping.SNAPSHOTS.quoted() + ")"
                        + " WHERE NOT EXISTS (SELECT FROM " + TABLE
                        + " WHERE topic = $1 AND partition = $2 AND \"offset\" = $3 AND outcome IS NULL"
                        + " AND value_bytes IS NOT DISTINCT FROM $8)")
                .executeBatch(records.stream().map(ParkedRecords::values).toList())
                .replaceWithVoid();
    }

    private static Tuple values(ParkedRecord parked) {
        var record = parked.record();
        var refused = record instanceof Decoded.Refused change ? change : null;
        var table = refused == null ? null : refused.change().shape().table();
        return Tuple.tuple()
                .addString(record.partition().topic())
                .addInteger(record.partition().partition())
                .addLong(record.offset())
                .addString(kind(record))
                .addString(readable(record.key()))
                .addString(readable(record.value()))
                .addValue(buffer(record.key()))
                .addValue(buffer(record.value()))
                .addString(storable(record.rowKey()))
                .addString(table == null ? null : table.schema())
                .addString(table == null ? null : table.name())
                .addString(storable(record.reason()))
                .addString(refused == null ? null : refused.sqlState())
                .addLong(parked.after())
                .addBoolean(refused != null && isOfKeyChange(refused.change()));
    }

    @SuppressWarnings("StringEquality") // The placeholder is known by identity: see ValueForm.UNAVAILABLE.
    private static boolean isOfKeyChange(Decoded.RowChange change) {
        return change instanceof Decoded.Delete delete
                ? delete.keyChanged()
                : change instanceof Decoded.Upsert upsert
                        && upsert.operation() == Operation.INSERT
                        && upsert.values().stream().anyMatch(value -> value == ValueForm.UNAVAILABLE);
    }

    /** The word for why a record is parked, in the table and elsewhere. */
    public static String kind(Decoded.Parked record) {
        return record instanceof Decoded.Refused refused
                ? refused.why().name().toLowerCase(Locale.ROOT)
                : "undecodable";
    }

    /** A snapshot row says all of its row, so it takes the place of every change of that key before it. */
    Uni<Void> supersede(SqlConnection connection, Map<Key, Long> keysAndOffsets) {
        if (keysAndOffsets.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        return connection
                .preparedQuery(
                        "UPDATE " + TABLE + " SET " + resolved(Outcome.SUPERSEDED)
                                + " WHERE topic = $1 AND partition = $2 AND row_key = $3 AND \"offset\" < $4 AND outcome IS NULL")
                .executeBatch(keysAndOffsets.entrySet().stream()
                        .map(entry -> Tuple.of(
                                entry.getKey().partition().topic(),
                                entry.getKey().partition().partition(),
                                entry.getKey().rowKey(),
                                entry.getValue()))
                        .toList())
                .replaceWithVoid();
    }

    /** A swept snapshot holds what became of every change proven to be before it; so such changes have nothing to add. */
    static Uni<Void> supersedeBefore(SqlConnection connection, TableId table, long snapshotLsn) {
        return connection
                .preparedQuery("UPDATE " + TABLE + " SET " + resolved(Outcome.SUPERSEDED)
                        + " WHERE schema_name = $1 AND table_name = $2 AND after_lsn >= 0 AND after_lsn < $3"
                        + " AND outcome IS NULL")
                .execute(Tuple.of(table.schema(), table.name(), snapshotLsn))
                .replaceWithVoid();
    }

    private static String resolved(Outcome outcome) {
        return "outcome = '" + outcome.text() + "', replayed_at = now()";
    }

    /**
     * What a replay or a list is about; an absent part means all.
     *
     * @param table of undecodable records too, by their topic
     */
    public record Filter(Long id, TableId table) {
        /** With {@code $1} for the id, {@code $2} and {@code $3} for the table. */
        private static final String SQL = " ($1::bigint IS NULL OR id = $1) AND ($2::text IS NULL OR"
                + " (schema_name = $2 AND table_name = $3)"
                + " OR (schema_name IS NULL AND right(topic, length($2) + length($3) + 2) = '.' || $2 || '.' || $3))";

        public static final Filter ALL = new Filter(null, null);

        private Tuple tuple() {
            return Tuple.tuple()
                    .addLong(id)
                    .addString(table == null ? null : table.schema())
                    .addString(table == null ? null : table.name());
        }
    }

    /** Partitions with unresolved records, in the order of their names. */
    public Uni<List<TopicPartition>> partitions(Filter filter) {
        return pool.preparedQuery("SELECT DISTINCT topic, partition FROM " + TABLE + " WHERE outcome IS NULL AND "
                        + Filter.SQL + " ORDER BY 1, 2")
                .execute(filter.tuple())
                .map(rows -> list(rows, row -> new TopicPartition(row.getString(0), row.getInteger(1))));
    }

    public Uni<Long> unresolved(Filter filter) {
        return pool.preparedQuery("SELECT count(*) FROM " + TABLE + " WHERE outcome IS NULL AND " + Filter.SQL)
                .execute(filter.tuple())
                .map(rows -> rows.iterator().next().getLong(0));
    }

    /** How many unresolved records there are of each kind. */
    public Uni<Map<String, Long>> unresolvedByKind() {
        // On a connection of its own: see Bookkeeping.pendingSweeps.
        return pool.withConnection(connection -> connection
                        .query("SELECT kind, count(*) FROM " + TABLE + " WHERE outcome IS NULL GROUP BY 1")
                        .execute())
                .map(rows -> {
                    var counts = new HashMap<String, Long>();
                    rows.forEach(row -> counts.put(row.getString(0), row.getLong(1)));
                    return counts;
                });
    }

    /** For people: everything but the bytes. */
    @RegisterForReflection
    public record Listed(
            long id,
            String topic,
            int partition,
            long offset,
            String table,
            String key,
            String kind,
            String reason,
            String sqlState,
            String parkedAt,
            String replayedAt,
            String outcome) {}

    /** The oldest first. */
    public Uni<List<Listed>> list(Filter filter, boolean resolvedToo, int most) {
        return pool.preparedQuery(
                        "SELECT id, topic, partition, \"offset\", schema_name || '.' || table_name, key, kind,"
                                + " reason, sqlstate, parked_at::text, replayed_at::text, outcome FROM " + TABLE
                                + " WHERE "
                                + (resolvedToo ? "" : "outcome IS NULL AND ") + Filter.SQL + " ORDER BY id LIMIT "
                                + most)
                .execute(filter.tuple())
                .map(rows -> list(
                        rows,
                        row -> new Listed(
                                row.getLong(0),
                                row.getString(1),
                                row.getInteger(2),
                                row.getLong(3),
                                row.getString(4),
                                row.getString(5),
                                row.getString(6),
                                row.getString(7),
                                row.getString(8),
                                row.getString(9),
                                row.getString(10),
                                row.getString(11))));
    }

    /** The first unresolved record of the partition after this place, or null. */
    Uni<Entry> next(SqlConnection connection, TopicPartition partition, long offset, long id, Filter filter) {
        return connection
                .preparedQuery(
                        "SELECT id, \"offset\", kind, key_bytes, value_bytes, row_key, schema_name, table_name, reason,"
                                + " after_lsn, coalesce(snapshot_lsn, 0), key_changed FROM " + TABLE
                                + " WHERE outcome IS NULL AND "
                                + Filter.SQL
                                + " AND topic = $4 AND partition = $5 AND (\"offset\", id) > ($6, $7)"
                                + " ORDER BY \"offset\", id LIMIT 1")
                .execute(filter.tuple()
                        .addString(partition.topic())
                        .addInteger(partition.partition())
                        .addLong(offset)
                        .addLong(id))
                .map(rows -> rows.size() == 0
                        ? null
                        : entry(partition, rows.iterator().next()));
    }

    private static Entry entry(TopicPartition partition, Row row) {
        return new Entry(
                row.getLong(0),
                partition,
                row.getLong(1),
                row.getString(2),
                bytes(row.getBuffer(3)),
                bytes(row.getBuffer(4)),
                row.getString(5),
                row.getString(6) == null ? null : new TableId(row.getString(6), row.getString(7)),
                row.getString(8),
                row.getLong(9),
                row.getLong(10),
                row.getBoolean(11));
    }

    Uni<Boolean> hasEarlier(SqlConnection connection, Entry entry) {
        return entry.rowKey() == null
                ? Uni.createFrom().item(false)
                : first(connection, List.of(new Key(entry.partition(), entry.rowKey())))
                        .map(found -> found.values().stream().anyMatch(first -> first < entry.offset()));
    }

    Uni<Void> resolve(SqlConnection connection, long id, Outcome outcome) {
        return connection
                .preparedQuery("UPDATE " + TABLE + " SET " + resolved(outcome) + " WHERE id = $1 AND outcome IS NULL")
                .execute(Tuple.of(id))
                .replaceWithVoid();
    }

    /** @return whether there was such an unresolved record */
    public Uni<Boolean> dismiss(long id) {
        return pool.preparedQuery("UPDATE " + TABLE + " SET " + resolved(Outcome.DISMISSED)
                        + " WHERE id = $1 AND outcome IS NULL")
                .execute(Tuple.of(id))
                .map(rows -> rows.rowCount() == 1);
    }

    /** It stays parked, for this reason now. */
    Uni<Void> refuseAgain(long id, String reason, String sqlState) {
        return pool.preparedQuery(
                        "UPDATE " + TABLE + " SET reason = $2, sqlstate = $3 WHERE id = $1 AND outcome IS NULL")
                .execute(Tuple.of(id, storable(reason), sqlState))
                .replaceWithVoid();
    }

    /** PostgreSQL's text holds every character but NUL. */
    private static String storable(String text) {
        return text == null ? null : text.replace('\0', '\uFFFD');
    }

    private static String readable(byte[] bytes) {
        return bytes == null
                ? null
                : storable(new String(bytes, 0, Math.min(bytes.length, MOST_TEXT_BYTES), StandardCharsets.UTF_8));
    }

    /** Bare, because a tuple's addBuffer takes no null. */
    private static io.vertx.core.buffer.Buffer buffer(byte[] bytes) {
        return bytes == null ? null : io.vertx.core.buffer.Buffer.buffer(bytes);
    }

    private static byte[] bytes(Buffer buffer) {
        return buffer == null ? null : buffer.getBytes();
    }

    private static <T> List<T> list(Iterable<Row> rows, Function<Row, T> form) {
        var list = new ArrayList<T>();
        rows.forEach(row -> list.add(form.apply(row)));
        return List.copyOf(list);
    }

    private static <T> String[] texts(List<T> items, Function<T, String> text) {
        return items.stream().map(text).toArray(String[]::new);
    }

    private static Integer[] numbers(List<TopicPartition> partitions) {
        return partitions.stream().map(TopicPartition::partition).toArray(Integer[]::new);
    }
}
