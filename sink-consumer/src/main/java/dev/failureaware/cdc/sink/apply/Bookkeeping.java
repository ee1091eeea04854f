package dev.failureaware.cdc.sink.apply;

import dev.failureaware.cdc.model.SinkBookkeeping;
import dev.failureaware.cdc.model.TableId;
import dev.failureaware.cdc.sink.decode.ValueForm;
import dev.failureaware.cdc.sink.plan.KnownSnapshot;
import dev.failureaware.cdc.sink.plan.PartitionState;
import dev.failureaware.cdc.sink.plan.PartitionState.SnapshotStart;
import dev.failureaware.cdc.sink.plan.Plan;
import dev.failureaware.cdc.sink.plan.Plan.Advance;
import dev.failureaware.cdc.sink.plan.Watermark;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;

/** The sink's own tables: see {@link SinkBookkeeping}. */
@ApplicationScoped
public class Bookkeeping {
    private static final String OFFSETS = SinkBookkeeping.OFFSETS.quoted();
    private static final String PARKED = SinkBookkeeping.PARKED.quoted();
    private static final String SNAPSHOTS = SinkBookkeeping.SNAPSHOTS.quoted();

    /** The advisory lock makes two replicas that start at once create the tables one after the other. */
    private static final List<String> CREATE = List.of(
            "SET LOCAL client_min_messages = warning",
            "SELECT pg_advisory_xact_lock(hashtext('" + SinkBookkeeping.SCHEMA + "'))",
            "CREATE SCHEMA IF NOT EXISTS " + SinkBookkeeping.SCHEMA,
            "CREATE TABLE IF NOT EXISTS " + OFFSETS + """
                     (topic text, partition int, next_offset bigint NOT NULL,
                      commit_lsn bigint, row_lsn bigint, ts_us bigint,
                      duplicates bigint NOT NULL DEFAULT 0, updated_at timestamptz NOT NULL DEFAULT now(),
                      PRIMARY KEY (topic, partition))""",
            // Asked first: ALTER TABLE would wait for whoever holds a partition, even with nothing to do.
            "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = '" + OFFSETS
                    + "'::regclass AND attname = 'snapshot_lsn') THEN ALTER TABLE " + OFFSETS
                    + " ADD COLUMN snapshot_lsn bigint, ADD COLUMN snapshot_offset bigint; END IF; END $$",
            "CREATE TABLE IF NOT EXISTS " + PARKED + """
                     (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, topic text NOT NULL, partition int NOT NULL,
                      "offset" bigint NOT NULL, key text, value text, reason text NOT NULL,
                      parked_at timestamptz NOT NULL DEFAULT now())""",
            "CREATE TABLE IF NOT EXISTS " + SNAPSHOTS + """
                     (schema_name text, table_name text, lsn bigint,
                      table_complete boolean NOT NULL, all_complete boolean NOT NULL,
                      swept_at timestamptz, rows_swept bigint,
                      PRIMARY KEY (schema_name, table_name, lsn))""",
            "ALTER TABLE " + SNAPSHOTS + " ADD COLUMN IF NOT EXISTS topic text,"
                    + " ADD COLUMN IF NOT EXISTS taken_at timestamptz",
            // Recorded before there was a column for it; the connector's topics are named like this.
            "UPDATE " + SNAPSHOTS + " s SET topic = o.topic FROM (SELECT DISTINCT topic FROM " + OFFSETS
                    + ") o WHERE s.topic IS NULL AND s.swept_at IS NULL AND substr(o.topic, strpos(o.topic, '.') + 1) ="
                    + " regexp_replace(s.schema_name || '.' || s.table_name, '[^a-zA-Z0-9._-]', '_', 'g')",
            EmptyScans.CREATE,
            KeyChanges.CREATE,
            StopNotes.CREATE,
            "CREATE TABLE IF NOT EXISTS " + SinkBookkeeping.TRUNCATES.quoted() + """
                     (schema_name text, table_name text, lsn bigint NOT NULL, committed_at timestamptz NOT NULL,
                      seen_at timestamptz NOT NULL, rows_removed bigint NOT NULL DEFAULT 0,
                      PRIMARY KEY (schema_name, table_name))""",
            "CREATE TABLE IF NOT EXISTS " + SinkBookkeeping.TABLES.quoted() + """
                     (schema_name text, table_name text, schema_lsn bigint NOT NULL,
                      PRIMARY KEY (schema_name, table_name))""",
            "CREATE TABLE IF NOT EXISTS " + SinkBookkeeping.FORMER_COLUMNS.quoted() + """
                     (schema_name text, table_name text, column_name text, new_name text,
                      PRIMARY KEY (schema_name, table_name, column_name))""");

    private final Pool pool;
    private volatile boolean created;

    Bookkeeping(Pool pool) {
        this.pool = pool;
    }

    /** Creates what is missing, once in the life of this process. */
    public Uni<Void> create() {
        if (created) {
            return Uni.createFrom().voidItem();
        }
        return pool.withTransaction(connection -> {
                    var done = Uni.createFrom().voidItem();
                    for (var sql : CREATE) {
                        done = done.chain(() -> connection.query(sql).execute()).replaceWithVoid();
                    }
                    for (var sql : ParkedRecords.UPGRADE) {
                        done = done.chain(() -> connection.query(sql).execute()).replaceWithVoid();
                    }
                    return done;
                })
                .invoke(() -> created = true);
    }

    /** State of the given partitions; one that was never seen starts at {@code firstOffset}, which is then recorded. */
    public Uni<Map<TopicPartition, PartitionState>> states(Map<TopicPartition, Long> firstOffsets) {
        var partitions = List.copyOf(firstOffsets.keySet());
        return pool.withTransaction(connection -> connection
                .preparedQuery("INSERT INTO " + OFFSETS + " (topic, partition, next_offset)"
                        + " SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[]) ON CONFLICT DO NOTHING")
                .execute(Tuple.of(topics(partitions), numbers(partitions), longs(partitions, firstOffsets::get)))
                .chain(() -> KeyChanges.forget(
                        connection, topics(partitions), numbers(partitions), longs(partitions, firstOffsets::get)))
                .chain(() -> connection
                        .preparedQuery("SELECT topic, partition, next_offset, commit_lsn, row_lsn, ts_us, snapshot_lsn,"
                                + " snapshot_offset FROM " + OFFSETS
                                + " JOIN unnest($1::text[], $2::int[]) AS wanted (topic, partition)"
                                + " USING (topic, partition)")
                        .execute(Tuple.of(topics(partitions), numbers(partitions))))
                .map(rows -> {
                    var states = new HashMap<TopicPartition, PartitionState>();
                    rows.forEach(
                            row -> states.put(new TopicPartition(row.getString(0), row.getInteger(1)), state(row)));
                    return states;
                }));
    }

    private static PartitionState state(Row row) {
        var watermark = row.getLong("commit_lsn") == null
                ? null
                : new Watermark(row.getLong("commit_lsn"), row.getLong("row_lsn"), row.getLong("ts_us"));
        var snapshot = row.getLong("snapshot_lsn") == null
                ? null
                : new SnapshotStart(row.getLong("snapshot_lsn"), row.getLong("snapshot_offset"));
        return new PartitionState(row.getLong("next_offset"), watermark, snapshot);
    }

    /** Next offsets of all partitions of a topic that the sink, in any replica, has taken up. */
    public Uni<Map<Integer, Long>> nextOffsets(String topic) {
        return pool.preparedQuery("SELECT partition, next_offset FROM " + OFFSETS + " WHERE topic = $1")
                .execute(Tuple.of(topic))
                .map(rows -> {
                    var offsets = new HashMap<Integer, Long>();
                    rows.forEach(row -> offsets.put(row.getInteger(0), row.getLong(1)));
                    return offsets;
                });
    }

    /** Those of the partitions whose stored offset is lower than this one, or is gone. */
    public Uni<List<TopicPartition>> behind(Map<TopicPartition, Long> nextOffsets) {
        if (nextOffsets.isEmpty()) {
            return Uni.createFrom().item(List.of());
        }
        var partitions = List.copyOf(nextOffsets.keySet());
        return pool.preparedQuery("SELECT n.topic, n.partition FROM unnest($1::text[], $2::int[], $3::bigint[])"
                        + " AS n (topic, partition, reached) LEFT JOIN " + OFFSETS
                        + " o ON o.topic = n.topic AND o.partition = n.partition"
                        + " WHERE coalesce(o.next_offset, -1) < n.reached ORDER BY 1, 2")
                .execute(Tuple.of(topics(partitions), numbers(partitions), longs(partitions, nextOffsets::get)))
                .map(rows -> {
                    var behind = new ArrayList<TopicPartition>();
                    rows.forEach(row -> behind.add(new TopicPartition(row.getString(0), row.getInteger(1))));
                    return behind;
                });
    }

    /** Snapshots that any replica has seen. */
    public Uni<List<KnownSnapshot>> snapshots() {
        return pool.query("SELECT DISTINCT lsn, (extract(epoch FROM taken_at) * 1000000)::bigint FROM " + SNAPSHOTS)
                .execute()
                .map(rows -> {
                    var snapshots = new ArrayList<KnownSnapshot>();
                    rows.forEach(row -> snapshots.add(new KnownSnapshot(
                            row.getLong(0), Objects.requireNonNullElse(row.getLong(1), KnownSnapshot.NOT_KNOWN))));
                    return snapshots;
                });
    }

    /** Locks the partitions for the rest of the transaction; fails with {@link FencedException} like {@link #advance}. */
    Uni<Void> requireAt(SqlConnection connection, Map<TopicPartition, Advance> advances) {
        var partitions = List.copyOf(advances.keySet());
        return connection
                .preparedQuery(
                        "SELECT FROM " + OFFSETS
                                + " o JOIN unnest($1::text[], $2::int[], $3::bigint[]) AS n (topic, partition, expected)"
                                + " ON o.topic = n.topic AND o.partition = n.partition AND o.next_offset = n.expected FOR UPDATE OF o")
                .execute(Tuple.of(
                        topics(partitions),
                        numbers(partitions),
                        longs(partitions, partition -> advances.get(partition).from())))
                .invoke(rows -> requireAll(rows.size(), partitions))
                .replaceWithVoid();
    }

    private static void requireAll(int found, List<TopicPartition> partitions) {
        if (found != partitions.size()) {
            throw new FencedException(partitions);
        }
    }

    /**
     * Moves the partitions on, all or none; also locks them for the rest of the transaction.
     *
     * <p>Fails with {@link FencedException} when any of them is not where the plan started from: another consumer has taken
     * over, or somebody rewound it.
     */
    Uni<Void> advance(SqlConnection connection, Map<TopicPartition, Advance> advances) {
        var partitions = List.copyOf(advances.keySet());
        Function<Function<Watermark, Long>, Long[]> marks = part -> longs(partitions, partition -> {
            var watermark = advances.get(partition).to().watermark();
            return watermark == null ? null : part.apply(watermark);
        });
        Function<Function<SnapshotStart, Long>, Long[]> snapshots = part -> longs(partitions, partition -> {
            var snapshot = advances.get(partition).to().snapshot();
            return snapshot == null ? null : part.apply(snapshot);
        });
        var tuple = Tuple.tuple(new ArrayList<>(List.of(
                topics(partitions),
                numbers(partitions),
                longs(partitions, partition -> advances.get(partition).from()),
                longs(partitions, partition -> advances.get(partition).to().nextOffset()),
                marks.apply(Watermark::previousCommitLsn),
                marks.apply(Watermark::rowLsn),
                marks.apply(Watermark::commitMicros),
                longs(partitions, partition -> (long) advances.get(partition).duplicates()),
                snapshots.apply(SnapshotStart::lsn),
                snapshots.apply(SnapshotStart::offset))));
        return connection
                .preparedQuery("UPDATE " + OFFSETS + """
                         o SET next_offset = n.next, commit_lsn = n.commit_lsn, row_lsn = n.row_lsn, ts_us = n.ts_us,
                           snapshot_lsn = n.snapshot_lsn, snapshot_offset = n.snapshot_offset,
                           duplicates = duplicates + n.absorbed, updated_at = now()
                         FROM unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[],
                           $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[])
                           AS n (topic, partition, expected, next, commit_lsn, row_lsn, ts_us, absorbed,
                             snapshot_lsn, snapshot_offset)
                         WHERE o.topic = n.topic AND o.partition = n.partition AND o.next_offset = n.expected""")
                .execute(tuple)
                .invoke(rows -> requireAll(rows.rowCount(), partitions))
                .replaceWithVoid();
    }

    Uni<Void> countDuplicates(SqlConnection connection, TopicPartition partition, long duplicates) {
        return connection
                .preparedQuery(
                        "UPDATE " + OFFSETS + " SET duplicates = duplicates + $3 WHERE topic = $1 AND partition = $2")
                .execute(Tuple.of(partition.topic(), partition.partition(), duplicates))
                .replaceWithVoid();
    }

    Uni<Void> markSnapshots(SqlConnection connection, Plan plan) {
        if (plan.snapshotMarks().isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        return connection
                .preparedQuery("INSERT INTO " + SNAPSHOTS
                        + " AS s (schema_name, table_name, lsn, table_complete, all_complete, topic, taken_at)"
                        + " VALUES ($1, $2, $3, $4, $5, $6, $7::text::timestamptz)"
                        + " ON CONFLICT (schema_name, table_name, lsn) DO UPDATE SET"
                        + " table_complete = s.table_complete OR excluded.table_complete,"
                        + " all_complete = s.all_complete OR excluded.all_complete")
                .executeBatch(plan.snapshotMarks().stream()
                        .map(mark -> Tuple.tuple()
                                .addString(mark.table().schema())
                                .addString(mark.table().name())
                                .addLong(mark.lsn())
                                .addBoolean(mark.ofTable() || mark.ofAll())
                                .addBoolean(mark.ofAll())
                                .addString(mark.topic())
                                .addString(ValueForm.timestamp(mark.takenMicros()) + "+00"))
                        .toList())
                .replaceWithVoid();
    }

    /**
     * A complete snapshot of one table whose phantoms were not removed yet.
     *
     * <p>It waits for parked records that may be rows of it: without them, rows that live would look like phantoms.
     */
    public record PendingSweep(TableId table, long lsn, String topic) {}

    public Uni<List<PendingSweep>> pendingSweeps() {
        // On a connection of its own: a statement that the pool itself cannot place leaves a timer behind, which fails
        // later.
        return pool.withConnection(connection -> connection
                        .query("SELECT schema_name, table_name, lsn, topic FROM " + SNAPSHOTS
                                + " s WHERE swept_at IS NULL AND topic IS NOT NULL AND (table_complete OR EXISTS"
                                + " (SELECT FROM " + SNAPSHOTS
                                + " a WHERE a.lsn = s.lsn AND a.all_complete)) AND NOT EXISTS (SELECT FROM " + PARKED
                                + " p WHERE p.topic = s.topic AND p.outcome IS NULL"
                                + " AND (p.after_lsn = s.lsn OR p.after_lsn IS NULL AND p.kind <> '"
                                + ParkedRecords.Entry.EARLIER + "'))"
                                + " ORDER BY lsn, schema_name, table_name")
                        .execute())
                .map(rows -> {
                    var sweeps = new ArrayList<PendingSweep>();
                    rows.forEach(row -> sweeps.add(new PendingSweep(
                            new TableId(row.getString(0), row.getString(1)), row.getLong(2), row.getString(3))));
                    return sweeps;
                });
    }

    /**
     * Deletes the rows that the snapshot should have contained and did not, once: a second call finds it swept and gives 0.
     * All or nothing, so that a crash in the middle only means doing it again.
     */
    public Uni<Long> sweep(PendingSweep sweep) {
        var id = Tuple.of(sweep.table().schema(), sweep.table().name(), sweep.lsn());
        return pool.withTransaction(connection -> connection
                .preparedQuery("SELECT FROM " + SNAPSHOTS
                        + " WHERE schema_name = $1 AND table_name = $2 AND lsn = $3 AND swept_at IS NULL FOR UPDATE")
                .execute(id)
                .chain(found -> {
                    if (found.size() == 0) {
                        return Uni.createFrom().item(0L);
                    }
                    return connection
                            .preparedQuery(swept(sweep.table()))
                            .execute(id)
                            .map(rows -> (long) rows.rowCount())
                            .call(() -> ParkedRecords.supersedeBefore(connection, sweep.table(), sweep.lsn()))
                            .call(swept -> connection
                                    .preparedQuery("UPDATE " + SNAPSHOTS + " SET swept_at = now(), rows_swept = $4"
                                            + " WHERE schema_name = $1 AND table_name = $2 AND lsn = $3")
                                    .execute(Tuple.of(
                                            sweep.table().schema(),
                                            sweep.table().name(),
                                            sweep.lsn(),
                                            swept)));
                }));
    }

    /**
     * Rows from before the snapshot. One of the first transaction after a snapshot (see {@code RowUpsert.after}) may have been
     * in flight at this one, and came before anything of it was seen: then its commit is not older than the snapshot, by clocks
     * that agree within two seconds.
     */
    private static String swept(TableId table) {
        return "DELETE FROM " + table.quoted() + " t USING " + SNAPSHOTS
                + " s WHERE s.schema_name = $1 AND s.table_name = $2"
                + " AND s.lsn = $3 AND abs(t." + SinkBookkeeping.AFTER + ") < s.lsn AND (t." + SinkBookkeeping.AFTER
                + " >= 0 OR s.taken_at IS NULL OR t." + SinkBookkeeping.SOURCE_TS
                + " < s.taken_at - interval '2 seconds')";
    }

    private static String[] topics(List<TopicPartition> partitions) {
        return partitions.stream().map(TopicPartition::topic).toArray(String[]::new);
    }

    private static Integer[] numbers(List<TopicPartition> partitions) {
        return partitions.stream().map(TopicPartition::partition).toArray(Integer[]::new);
    }

    private static Long[] longs(List<TopicPartition> partitions, Function<TopicPartition, Long> value) {
        return partitions.stream().map(value).toArray(Long[]::new);
    }
}
