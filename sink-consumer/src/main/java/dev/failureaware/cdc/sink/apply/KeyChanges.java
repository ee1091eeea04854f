package dev.failureaware.cdc.sink.apply;

import static dev.failureaware.cdc.model.Identifiers.quote;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.failureaware.cdc.model.SinkBookkeeping;
import dev.failureaware.cdc.model.TableId;
import dev.failureaware.cdc.sink.decode.TableShape;
import dev.failureaware.cdc.sink.decode.ValueForm;
import dev.failureaware.cdc.sink.plan.Plan.Arrival;
import dev.failureaware.cdc.sink.plan.Plan.KeyChange;
import dev.failureaware.cdc.sink.plan.Plan.RowLeft;
import dev.failureaware.cdc.sink.plan.Plan.TableWork;
import dev.failureaware.cdc.sink.plan.Plan.UpsertGroup;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Rows on the way from one key to another, in {@link SinkBookkeeping#KEY_CHANGES}. The event of the new key leaves out large
 * values that did not change, and the event of the old key, which takes the row away, may be in another partition, applied
 * sooner or later by another lane or replica. So whoever deletes keeps the row as it is then, and whoever inserts takes from
 * there what it lacks, or waits for it.
 *
 * <p>What was kept stays until Kafka no longer holds the event that needs it, because that may be read again when the sink has
 * the row no more.
 */
@ApplicationScoped
public class KeyChanges {
    private static final String TABLE = SinkBookkeeping.KEY_CHANGES.quoted();

    static final String CREATE = "CREATE TABLE IF NOT EXISTS " + TABLE + """
             (schema_name text, table_name text, lsn bigint, committed_us bigint,
              topic text NOT NULL, partition int NOT NULL, "offset" bigint NOT NULL,
              old_row jsonb, parked boolean NOT NULL,
              PRIMARY KEY (schema_name, table_name, lsn, committed_us))""";

    private static final String INSERT = "INSERT INTO " + TABLE
            + " AS m (schema_name, table_name, lsn, committed_us, topic, partition, \"offset\", parked, old_row) ";

    /** What was kept first is right: the same delete applied again finds no row, or one that came later. */
    private static final String UNLESS_KEPT = " ON CONFLICT (schema_name, table_name, lsn, committed_us) DO UPDATE"
            + " SET old_row = excluded.old_row, parked = excluded.parked WHERE m.parked";

    private final Pool pool;

    KeyChanges(Pool pool) {
        this.pool = pool;
    }

    /** Whether the row has left its old key meanwhile. */
    public Uni<Boolean> hasLeft(TableId table, KeyChange change) {
        return pool.preparedQuery("SELECT FROM " + TABLE
                        + " WHERE schema_name = $1 AND table_name = $2 AND lsn = $3 AND committed_us = $4")
                .execute(Tuple.of(table.schema(), table.name(), change.lsn(), change.commitMicros()))
                .map(rows -> rows.size() > 0);
    }

    /** Drops what Kafka will not ask for again. */
    static Uni<Void> forget(SqlConnection connection, String[] topics, Integer[] partitions, Long[] firstOffsets) {
        return connection
                .preparedQuery("DELETE FROM " + TABLE
                        + " m USING unnest($1::text[], $2::int[], $3::bigint[]) AS f (topic, partition, first)"
                        + " WHERE m.topic = f.topic AND m.partition = f.partition AND m.\"offset\" < f.first")
                .execute(Tuple.of(topics, partitions, firstOffsets))
                .replaceWithVoid();
    }

    /** Keeps the rows that leave their keys; before any row is deleted. */
    static Uni<Void> keep(SqlConnection connection, TableWork work, SinkTable sink) {
        var shape = work.use().shape();
        var done = keepFromTable(connection, work, sink);
        // One after the other: each may be the next one's origin.
        var others = work.left().stream()
                .filter(row -> row.cameBy() != null)
                .sorted(Comparator.comparingLong(row -> row.change().lsn()))
                .toList();
        for (var row : others) {
            done = done.chain(() -> keepChained(connection, shape, row, sink));
        }
        return done;
    }

    /** The same for those only that do not depend on others of this kind. */
    static Uni<Void> keepFromTable(SqlConnection connection, TableWork work, SinkTable sink) {
        var shape = work.use().shape();
        var rows = work.left().stream().filter(row -> row.cameBy() == null).toList();
        return rows.isEmpty()
                ? Uni.createFrom().voidItem()
                : connection
                        .preparedQuery(keepSql(work.table(), shape.keyColumns(), sink))
                        .execute(keepValues(rows, shape, sink))
                        .replaceWithVoid();
    }

    private static String keepSql(TableId table, List<String> keyColumns, SinkTable sink) {
        var key = OlderShapes.places(keyColumns, sink);
        var others = sink.dataColumns().stream()
                .filter(column -> !key.contains(column))
                .toList();
        var row = "jsonb_object(ARRAY["
                + others.stream().map(Truncates::literal).collect(Collectors.joining(", ")) + "]::text[], ARRAY["
                + others.stream().map(column -> "t." + quote(column) + "::text").collect(Collectors.joining(", "))
                + "]::text[])";
        var match = IntStream.range(0, key.size())
                .mapToObj(i -> "t." + quote(key.get(i)) + " = u.k" + i + "::" + sink.castType(key.get(i)))
                .collect(Collectors.joining(" AND "));
        var keyNames = IntStream.range(0, key.size()).mapToObj(i -> ", k" + i).collect(Collectors.joining());
        var keyParameters = IntStream.range(0, key.size())
                .mapToObj(i -> ", $" + (i + 9) + "::text[]")
                .collect(Collectors.joining());
        return INSERT + "SELECT " + Truncates.literal(table.schema()) + ", " + Truncates.literal(table.name())
                + ", u.lsn, u.us, u.topic, u.partition, u.\"offset\", u.parked, CASE WHEN u.parked THEN NULL WHEN u.whole"
                + " THEN u.known::jsonb WHEN t." + quote(key.get(0)) + " IS NOT NULL THEN " + row
                + " || u.known::jsonb END FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::int[], $5::bigint[],"
                + " $6::boolean[], $7::boolean[], $8::text[]" + keyParameters
                + ") AS u (lsn, us, topic, partition, \"offset\", parked, whole, known" + keyNames + ") LEFT JOIN "
                + table.quoted() + " t ON " + match + UNLESS_KEPT;
    }

    private static Tuple keepValues(List<RowLeft> rows, TableShape shape, SinkTable sink) {
        var tuple = Tuple.tuple()
                .addArrayOfLong(longs(rows, row -> row.change().lsn()))
                .addArrayOfLong(longs(rows, row -> row.change().commitMicros()))
                .addArrayOfString(texts(rows, row -> row.partition().topic()))
                .addArrayOfInteger(
                        rows.stream().map(row -> row.partition().partition()).toArray(Integer[]::new))
                .addArrayOfLong(longs(rows, RowLeft::offset))
                .addArrayOfBoolean(rows.stream().map(RowLeft::parked).toArray(Boolean[]::new))
                .addArrayOfBoolean(rows.stream().map(KeyChanges::isWhole).toArray(Boolean[]::new))
                .addArrayOfString(texts(rows, row -> known(row, shape, sink)));
        for (var i = 0; i < shape.keyColumns().size(); i++) {
            var column = i;
            tuple.addArrayOfString(texts(rows, row -> row.key().get(column)));
        }
        return tuple;
    }

    /** The row had its old key by another such change, in the same batch. */
    private static Uni<Void> keepChained(SqlConnection connection, TableShape shape, RowLeft row, SinkTable sink) {
        var table = shape.table();
        var origin = new Arrival(row.cameBy(), row.partition(), row.offset());
        return take(connection, table, List.of(origin), List.of())
                .chain(() -> connection
                        .preparedQuery(INSERT + "SELECT m.schema_name, m.table_name, $5, $6, $7, $8, $9, false,"
                                + " CASE WHEN $10 THEN $11::text::jsonb ELSE m.old_row || $11::text::jsonb END FROM "
                                + TABLE
                                + " m WHERE m.schema_name = $1 AND m.table_name = $2 AND m.lsn = $3 AND m.committed_us = $4"
                                + UNLESS_KEPT)
                        .execute(Tuple.tuple()
                                .addString(table.schema())
                                .addString(table.name())
                                .addLong(row.cameBy().lsn())
                                .addLong(row.cameBy().commitMicros())
                                .addLong(row.change().lsn())
                                .addLong(row.change().commitMicros())
                                .addString(row.partition().topic())
                                .addInteger(row.partition().partition())
                                .addLong(row.offset())
                                .addBoolean(isWhole(row))
                                .addString(known(row, shape, sink))))
                .replaceWithVoid();
    }

    @SuppressWarnings("StringEquality") // The placeholder is known by identity: see ValueForm.UNAVAILABLE.
    private static boolean isWhole(RowLeft row) {
        return !row.known().isEmpty() && row.known().stream().noneMatch(value -> value == ValueForm.UNAVAILABLE);
    }

    /** What the batch tells of the row, by the sink's columns. */
    @SuppressWarnings("StringEquality") // The placeholder is known by identity: see ValueForm.UNAVAILABLE.
    private static String known(RowLeft row, TableShape shape, SinkTable sink) {
        var known = JsonNodeFactory.instance.objectNode();
        for (var i = 0; i < row.known().size(); i++) {
            var value = row.known().get(i);
            if (value != ValueForm.UNAVAILABLE) {
                sink.placeOf(shape.columns().get(i).name()).ifPresent(column -> known.put(column, value));
            }
        }
        return known.toString();
    }

    /**
     * The group without the rows whose old key had none when it was deleted, and those apart: there is nothing to carry.
     *
     * @throws AwaitedRowException where a row has not left its old key yet
     */
    static Uni<List<UpsertGroup>> take(SqlConnection connection, TableId table, UpsertGroup group) {
        var columns = group.carried().stream().map(column -> column.name()).toList();
        var arrivals = group.rows().stream().map(row -> row.arrival()).toList();
        return take(connection, table, arrivals, columns).map(nothing -> {
            if (nothing.isEmpty()) {
                return List.of(group);
            }
            var withRow = new ArrayList<>(group.rows());
            withRow.removeIf(row -> nothing.contains(row.arrival().change()));
            var without = new ArrayList<>(group.rows());
            without.removeAll(withRow);
            var groups = new ArrayList<UpsertGroup>();
            if (!withRow.isEmpty()) {
                groups.add(
                        new UpsertGroup(group.keyColumns(), group.columns(), group.carried(), false, false, withRow));
            }
            groups.add(new UpsertGroup(group.keyColumns(), group.columns(), List.of(), false, true, without));
            return groups;
        });
    }

    /** Also notes where the event stands that needs the row, so that the row is kept as long as that. */
    private static Uni<Set<KeyChange>> take(
            SqlConnection connection, TableId table, List<Arrival> arrivals, List<String> columns) {
        return connection
                .preparedQuery(
                        "UPDATE " + TABLE
                                + " m SET topic = u.topic, partition = u.partition, \"offset\" = u.\"offset\""
                                + " FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::int[], $5::bigint[])"
                                + " AS u (lsn, us, topic, partition, \"offset\") WHERE m.schema_name = $6 AND m.table_name = $7"
                                + " AND m.lsn = u.lsn AND m.committed_us = u.us"
                                + " RETURNING m.lsn, m.committed_us, m.parked, m.old_row IS NULL, coalesce(m.old_row ?& $8::text[], true)")
                .execute(Tuple.tuple()
                        .addArrayOfLong(
                                longs(arrivals, arrival -> arrival.change().lsn()))
                        .addArrayOfLong(
                                longs(arrivals, arrival -> arrival.change().commitMicros()))
                        .addArrayOfString(
                                texts(arrivals, arrival -> arrival.partition().topic()))
                        .addArrayOfInteger(arrivals.stream()
                                .map(arrival -> arrival.partition().partition())
                                .toArray(Integer[]::new))
                        .addArrayOfLong(longs(arrivals, Arrival::offset))
                        .addString(table.schema())
                        .addString(table.name())
                        .addArrayOfString(columns.toArray(String[]::new)))
                .map(rows -> {
                    var awaited = arrivals.stream().map(Arrival::change).collect(Collectors.toCollection(HashSet::new));
                    var nothing = new HashSet<KeyChange>();
                    for (var row : rows) {
                        var change = new KeyChange(row.getLong(0), row.getLong(1));
                        awaited.remove(change);
                        if (row.getBoolean(2)) {
                            throw new UntoldRowException(
                                    "values that did not change are those of the row's old key, and the"
                                            + " event that takes it from there is parked: replay that first, or take a snapshot;"
                                            + " with REPLICA IDENTITY FULL they would be sent");
                        }
                        if (row.getBoolean(3)) {
                            nothing.add(change);
                        } else if (!row.getBoolean(4)) {
                            throw new UntoldRowException("the row of the old key did not have all of " + columns
                                    + ": take a snapshot; with REPLICA IDENTITY FULL they would be sent");
                        }
                    }
                    if (!awaited.isEmpty()) {
                        throw new AwaitedRowException(table, awaited);
                    }
                    return nothing;
                });
    }

    private static <T> Long[] longs(List<T> items, Function<T, Long> number) {
        return items.stream().map(number).toArray(Long[]::new);
    }

    private static <T> String[] texts(List<T> items, Function<T, String> text) {
        return items.stream().map(text).toArray(String[]::new);
    }
}
