package dev.failureaware.cdc.sink.apply;

import dev.failureaware.cdc.model.SinkBookkeeping;
import dev.failureaware.cdc.sink.apply.ParkedRecords.Entry;
import dev.failureaware.cdc.sink.apply.ParkedRecords.Filter;
import dev.failureaware.cdc.sink.apply.ParkedRecords.Outcome;
import dev.failureaware.cdc.sink.decode.Decoded;
import dev.failureaware.cdc.sink.decode.EventDecoder;
import dev.failureaware.cdc.sink.decode.LogPlace;
import dev.failureaware.cdc.sink.decode.Operation;
import dev.failureaware.cdc.sink.decode.ValueForm;
import dev.failureaware.cdc.sink.plan.BatchPlanner;
import dev.failureaware.cdc.sink.plan.KeyOrder.Key;
import dev.failureaware.cdc.sink.plan.KnownSnapshot;
import dev.failureaware.cdc.sink.plan.PartitionState;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.vertx.core.Vertx;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;

/**
 * Applies parked records after all, once what kept them away is mended: partition by partition in the order of their offsets,
 * each in a transaction of its own that also says what became of it.
 *
 * <p>That transaction holds the lock on the partition's offset, like a batch does. So no event of the partition is applied or
 * parked meanwhile, in any replica: what comes later of the same key is either parked already, and replayed too, or finds the
 * key free.
 */
@ApplicationScoped
public class Replay {
    private static final Logger LOG = Logger.getLogger(Replay.class);

    private final Pool pool;
    private final ParkedRecords parked;
    private final EventDecoder decoder;
    private final PlanApplier.Factory appliers;

    Replay(Pool pool, ParkedRecords parked, EventDecoder decoder, PlanApplier.Factory appliers) {
        this.pool = pool;
        this.parked = parked;
        this.decoder = decoder;
        this.appliers = appliers;
    }

    /** What became of one record of a replay. */
    private enum Step {
        REPLAYED,
        SUPERSEDED,
        /** Still parked, for a reason of its own. */
        REFUSED,
        /** Still parked, because an earlier record of its key is. */
        BEHIND,
        /** No record is left. */
        END
    }

    /**
     * How many records have met which end.
     *
     * @param behind not tried, because an earlier record of the same key is still parked
     */
    public record Result(long replayed, long superseded, long refused, long behind) {
        private Result plus(Step step) {
            return new Result(
                    replayed + (step == Step.REPLAYED ? 1 : 0),
                    superseded + (step == Step.SUPERSEDED ? 1 : 0),
                    refused + (step == Step.REFUSED ? 1 : 0),
                    behind + (step == Step.BEHIND ? 1 : 0));
        }
    }

    private record Done(Step step, Entry entry) {}

    /**
     * One replay at a time in this process; those of other replicas take turns by the locks. Must not be called on an event
     * loop.
     *
     * @throws RuntimeException when the database goes away; what was replayed until then stays so
     */
    public synchronized Result run(Filter filter) {
        var result = new Result(0, 0, 0, 0);
        var applier = appliers.create();
        for (var partition : parked.partitions(filter).await().indefinitely()) {
            var offset = -1L;
            var id = -1L;
            for (var done = next(applier, partition, offset, id, filter);
                    done.step != Step.END;
                    done = next(applier, partition, offset, id, filter)) {
                result = result.plus(done.step);
                offset = done.entry.offset();
                id = done.entry.id();
            }
        }
        return result;
    }

    private Done next(PlanApplier applier, TopicPartition partition, long offset, long id, Filter filter) {
        var tried = new Entry[1];
        try {
            return pool.withTransaction(connection -> lock(connection, partition)
                            .chain(() -> parked.next(connection, partition, offset, id, filter))
                            .chain(entry -> {
                                tried[0] = entry;
                                return entry == null
                                        ? Uni.createFrom().item(Step.END)
                                        : decoded(entry).chain(event -> replay(connection, applier, entry, event));
                            }))
                    .map(step -> new Done(step, tried[0]))
                    .await()
                    .indefinitely();
        } catch (RuntimeException failure) {
            applier.forget();
            return refused(tried[0], failure);
        }
    }

    private Done refused(Entry entry, RuntimeException failure) {
        var stays = switch (FailureKind.of(failure)) {
            case REFUSED, ORDER, AWAITED -> true;
            case TRANSIENT, FENCED -> false;
            case FATAL -> failure instanceof TableStoppedException || failure instanceof StillUndecodableException;
        };
        if (entry == null || !stays) {
            throw failure;
        }
        var refusal = Refusal.of(failure);
        try (var place = LogPlace.of(entry.partition(), entry.offset())) {
            LOG.warnf("%s offset %d stays parked", entry.partition(), entry.offset());
        }
        parked.refuseAgain(entry.id(), refusal.reason(), refusal.sqlState())
                .await()
                .indefinitely();
        return new Done(Step.REFUSED, entry);
    }

    /** The row is there: whoever parked the record has moved that partition's offset. */
    private static Uni<Void> lock(SqlConnection connection, TopicPartition partition) {
        return connection
                .preparedQuery("SELECT FROM " + SinkBookkeeping.OFFSETS.quoted()
                        + " WHERE topic = $1 AND partition = $2 FOR UPDATE")
                .execute(Tuple.of(partition.topic(), partition.partition()))
                .replaceWithVoid();
    }

    /** Where an event carries no schema, the sink is asked for its columns and waited for, which the event loop must not do. */
    private Uni<Decoded> decoded(Entry entry) {
        var connections = Vertx.currentContext();
        return Uni.createFrom()
                .item(() -> decoder.decode(
                        entry.partition(), entry.offset(), entry.key(), entry.value(), entry.keyChanged()))
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
                .emitOn(task -> connections.runOnContext(done -> task.run()));
    }

    private Uni<Step> replay(SqlConnection connection, PlanApplier applier, Entry entry, Decoded event) {
        if (event instanceof Decoded.Undecodable undecodable) {
            throw new StillUndecodableException(undecodable.reason());
        }
        if (!(event instanceof Decoded.RowChange change)) {
            // A TRUNCATE, which earlier versions did not apply: it is a position, whenever it comes.
            return applier.write(connection, BatchPlanner.plan(List.of(event), states(entry), snapshots(entry)))
                    .chain(() -> resolve(connection, entry, Outcome.REPLAYED));
        }
        return parked.hasEarlier(connection, entry)
                .chain(earlier -> earlier && !change.source().ofSnapshot()
                        ? Uni.createFrom().item(Step.BEHIND)
                        : isSuperseded(connection, entry, change)
                                .chain(superseded -> superseded
                                        ? resolve(connection, entry, Outcome.SUPERSEDED)
                                        : apply(connection, applier, entry, change)));
    }

    private Uni<Step> resolve(SqlConnection connection, Entry entry, Outcome outcome) {
        return parked.resolve(connection, entry.id(), outcome)
                .replaceWith(outcome == Outcome.REPLAYED ? Step.REPLAYED : Step.SUPERSEDED);
    }

    private Uni<Step> apply(SqlConnection connection, PlanApplier applier, Entry entry, Decoded.RowChange change) {
        return applier.write(connection, BatchPlanner.plan(List.of(change), states(entry), snapshots(entry)))
                .chain(() -> change.source().ofSnapshot() && entry.rowKey() != null
                        ? parked.supersede(
                                connection, Map.of(new Key(entry.partition(), entry.rowKey()), entry.offset()))
                        : Uni.createFrom().voidItem())
                .chain(() -> resolve(connection, entry, Outcome.REPLAYED));
    }

    /** Whatever the partition has streamed since, this record was not applied. */
    private static Map<TopicPartition, PartitionState> states(Entry entry) {
        return Map.of(entry.partition(), PartitionState.at(entry.offset()));
    }

    private static List<KnownSnapshot> snapshots(Entry entry) {
        return List.of(new KnownSnapshot(entry.snapshot(), KnownSnapshot.NOT_KNOWN));
    }

    private Uni<Boolean> isSuperseded(SqlConnection connection, Entry entry, Decoded.RowChange change) {
        var after = BatchPlanner.committedAfter(change, 0, snapshots(entry));
        return wasRemoved(connection, change, after).chain(removed -> {
            if (removed || !change.shape().hasKey()) {
                return Uni.createFrom().item(removed);
            }
            return SinkRow.find(connection, change)
                    .map(row -> row.map(found -> found.isNewerThan(change, after))
                            // Then a later event, a delete, may have been applied: what is not there must not come
                            // back.
                            .orElse(entry.kind().equals(Entry.EARLIER) && change.operation() != Operation.DELETE));
        });
    }

    /** Whether a complete snapshot from after the change has settled what is in the table, or a TRUNCATE has. */
    private static Uni<Boolean> wasRemoved(SqlConnection connection, Decoded.RowChange change, long after) {
        var table = change.shape().table();
        var source = change.source();
        // A position that is not proven is judged by the clocks, as the sweep does.
        return connection
                .preparedQuery("SELECT EXISTS (SELECT FROM " + SinkBookkeeping.SNAPSHOTS.quoted()
                        + " WHERE schema_name = $1 AND table_name = $2 AND lsn > abs($3::bigint) AND swept_at IS NOT NULL"
                        + " AND ($3 >= 0 OR taken_at IS NULL OR $5::text::timestamptz < taken_at - interval '2 seconds'))"
                        + " OR NOT "
                        + Truncates.notBefore(table, "i") + " FROM (SELECT $4::bigint AS " + SinkBookkeeping.LSN
                        + ", $5::text::timestamptz AS " + SinkBookkeeping.SOURCE_TS + ", $6::text AS "
                        + SinkBookkeeping.OP + ") AS i")
                .execute(Tuple.tuple()
                        .addString(table.schema())
                        .addString(table.name())
                        .addLong(after)
                        .addLong(source.lsn())
                        .addString(ValueForm.timestamp(source.commitMicros()) + "+00")
                        .addString(change.operation().code()))
                .map(rows -> rows.iterator().next().getBoolean(0));
    }

    private static final class StillUndecodableException extends RuntimeException {
        StillUndecodableException(String reason) {
            super(reason);
        }
    }
}
