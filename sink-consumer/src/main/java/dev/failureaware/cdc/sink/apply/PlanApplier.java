package dev.failureaware.cdc.sink.apply;

import dev.failureaware.cdc.model.TableId;
import dev.failureaware.cdc.sink.plan.KeyOrder.Ordered;
import dev.failureaware.cdc.sink.plan.Plan;
import dev.failureaware.cdc.sink.plan.Plan.RowDelete;
import dev.failureaware.cdc.sink.plan.Plan.ShapeUse;
import dev.failureaware.cdc.sink.plan.Plan.TableWork;
import dev.failureaware.cdc.sink.plan.Plan.UpsertGroup;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.SqlConnection;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;

/** Writes a plan: rows, offsets, snapshot marks and parked records in one transaction, or nothing. */
public final class PlanApplier {
    /** What all lanes share. */
    @ApplicationScoped
    public static class Factory {
        private final Pool pool;
        private final Bookkeeping bookkeeping;
        private final ParkedRecords parked;
        private final SchemaPolicy policy;

        Factory(Pool pool, Bookkeeping bookkeeping, ParkedRecords parked, SchemaPolicy policy) {
            this.pool = pool;
            this.bookkeeping = bookkeeping;
            this.parked = parked;
            this.policy = policy;
        }

        /** For one lane: its knowledge of the tables may include changes that are not committed yet. */
        public PlanApplier create() {
            return new PlanApplier(pool, new SinkCatalog(policy), bookkeeping, parked);
        }

        /** Whether a shape that was refused would be taken now; nothing is changed. */
        public Uni<Boolean> canFollow(ShapeUse use) {
            var catalog = new SinkCatalog(policy);
            return pool.withConnection(connection -> catalog.canFollow(connection, use));
        }
    }

    private final Pool pool;
    private final SinkCatalog catalog;
    private final Bookkeeping bookkeeping;
    private final ParkedRecords parked;
    private final Truncates truncates = new Truncates();

    private PlanApplier(Pool pool, SinkCatalog catalog, Bookkeeping bookkeeping, ParkedRecords parked) {
        this.pool = pool;
        this.catalog = catalog;
        this.bookkeeping = bookkeeping;
        this.parked = parked;
    }

    /** @param unchanged snapshot rows that the sink held already, just the same */
    public record Result(long upserted, long deleted, long unchanged) {
        static final Result NOTHING = new Result(0, 0, 0);

        Result plus(Result other) {
            return new Result(upserted + other.upserted, deleted + other.deleted, unchanged + other.unchanged);
        }
    }

    /**
     * Offsets are advanced first, by compare-and-set: a consumer that was replaced fails before it has written a row, and
     * one that is just being replaced makes the other wait for its end. Tables are emptied before any row is written. In each table deletes run before upserts, so a key
     * may move between rows in one batch.
     *
     * <p>On failure nothing is visible and the same plan may be applied again.
     *
     * @param order how the plan's events stand to parked ones
     * @param beforeCommit done last; if it fails, nothing is written
     */
    public Uni<Result> apply(Plan plan, Ordered order, Supplier<Uni<Void>> beforeCommit) {
        return attempt(plan, order, beforeCommit)
                .onFailure(FailureKind::mayBeStaleKnowledge)
                .recoverWithUni(() -> attempt(plan, order, beforeCommit));
    }

    private Uni<Result> attempt(Plan plan, Ordered order, Supplier<Uni<Void>> beforeCommit) {
        return pool.withTransaction(connection -> bookkeeping
                        .advance(connection, plan.advances())
                        .chain(() -> parked.requireUnresolved(connection, order.behind()))
                        .chain(() -> write(connection, plan))
                        .call(() -> bookkeeping.markSnapshots(connection, plan))
                        .call(() -> parked.add(connection, plan.parked()))
                        .call(() -> parked.supersede(connection, order.superseded()))
                        .call(() -> beforeCommit.get()))
                .onFailure()
                .invoke(this::forget);
    }

    /**
     * Keeps the rows that leave their keys, of a plan that itself waits for such rows of other lanes: those may be waiting for
     * these. Nothing else is done; the plan keeps the same rows when it is applied. Spares both the second or more after which
     * a partition is held in front of such a row.
     */
    public Uni<Void> keepAhead(Plan plan) {
        var first = new LinkedHashMap<TableId, TableWork>();
        plan.tables().forEach(work -> first.putIfAbsent(work.table(), work));
        return pool.withTransaction(connection -> {
                    var done = bookkeeping.requireAt(connection, plan.advances());
                    for (var work : first.values()) {
                        if (!work.left().isEmpty()) {
                            done = done.chain(() -> catalog.follow(connection, work.use()))
                                    .chain(sink -> KeyChanges.keepFromTable(connection, work, sink));
                        }
                    }
                    return done;
                })
                .onFailure()
                .invoke(this::forget);
    }

    /** What a plan does to the tables; alone for records that an earlier plan has parked, and moved the offset past. */
    Uni<Result> write(SqlConnection connection, Plan plan) {
        return truncates
                .apply(connection, plan.truncations())
                .chain(removed -> writeTables(connection, plan).map(new Result(0, removed, 0)::plus));
    }

    /** What was known of the tables may have been rolled back. */
    void forget() {
        catalog.forget();
    }

    private Uni<Result> writeTables(SqlConnection connection, Plan plan) {
        var total = Uni.createFrom().item(Result.NOTHING);
        for (var work : plan.tables()) {
            total = total.chain(sum -> write(connection, plan, work).map(sum::plus));
        }
        return total;
    }

    private Uni<Result> write(SqlConnection connection, Plan plan, TableWork work) {
        return catalog.follow(connection, work.use())
                .chain(sink -> KeyChanges.keep(connection, work, sink)
                        .chain(() -> delete(connection, work, sink))
                        .chain(deleted -> upsert(connection, work, sink).map(deleted::plus)))
                .call(result -> result.unchanged() == 0
                        ? Uni.createFrom().voidItem()
                        : bookkeeping.countDuplicates(connection, anyPartition(plan, work), result.unchanged()));
    }

    private Uni<Result> delete(SqlConnection connection, TableWork work, SinkTable sink) {
        var byKey = new LinkedHashMap<List<String>, List<RowDelete>>();
        work.deletes()
                .forEach(delete -> byKey.computeIfAbsent(
                                OlderShapes.places(delete.keyColumns(), sink), key -> new ArrayList<>())
                        .add(delete));
        var total = Uni.createFrom().item(Result.NOTHING);
        for (var group : byKey.entrySet()) {
            total = total.chain(sum -> connection
                    .preparedQuery(UpsertSql.delete(work.table(), group.getKey(), sink))
                    .execute(UpsertSql.deleteKeys(group.getValue()))
                    .map(rows -> sum.plus(new Result(0, rows.rowCount(), 0))));
        }
        return total;
    }

    private Uni<Result> upsert(SqlConnection connection, TableWork work, SinkTable sink) {
        var total = Uni.createFrom().item(Result.NOTHING);
        for (var given : work.upserts()) {
            var group = OlderShapes.placed(given, sink);
            total = total.chain(sum -> (group.carried().isEmpty()
                            ? upsert(connection, work.table(), group, sink)
                            : carry(connection, work.table(), group, sink))
                    .map(sum::plus));
        }
        return total;
    }

    private Uni<Result> upsert(SqlConnection connection, TableId table, UpsertGroup group, SinkTable sink) {
        return connection
                .preparedQuery(UpsertSql.upsert(table, group, sink))
                .execute(UpsertSql.upsertValues(group))
                .map(rows -> new Result(
                        group.rows().size(), 0, rows.iterator().next().getLong(0)));
    }

    private Uni<Result> carry(SqlConnection connection, TableId table, UpsertGroup carried, SinkTable sink) {
        return KeyChanges.take(connection, table, carried).chain(groups -> {
            var total = Uni.createFrom().item(Result.NOTHING);
            for (var group : groups) {
                total = total.chain(
                        sum -> upsert(connection, table, group, sink).map(sum::plus));
            }
            return total;
        });
    }

    /** Duplicates are counted per topic; which of its partitions holds the number means nothing. */
    private static TopicPartition anyPartition(Plan plan, TableWork work) {
        var topic = "." + work.table();
        return plan.advances().keySet().stream()
                .filter(partition -> partition.topic().endsWith(topic))
                .findFirst()
                .orElse(plan.advances().keySet().iterator().next());
    }
}
