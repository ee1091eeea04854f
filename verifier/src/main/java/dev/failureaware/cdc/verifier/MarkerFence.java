package dev.failureaware.cdc.verifier;

import dev.failureaware.cdc.model.Lsn;
import dev.failureaware.cdc.model.TableId;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Typed;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;

/**
 * A fence that travels as a row of a captured table, for pipelines that are not ours: it is passed when the sink has that row.
 * That proves as much as the pipeline's order does: a pipeline that applies all tables in the order of commits (logical
 * replication, one task with one partition) has then applied everything before it. One that applies partitions or tables
 * independently may be behind elsewhere; there a consumer group's offsets are the proof ({@code verifier.sink-group}).
 */
@ApplicationScoped
@Typed(MarkerFence.class)
class MarkerFence implements Fence {
    private static final Duration STEP = Duration.ofMillis(20);
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int ROW = 1;

    private final Databases databases;
    private final TableId table;
    private final Clock clock;

    MarkerFence(Databases databases, VerifierConfig config, Clock clock) {
        this.databases = databases;
        this.table = TableId.parse(config.markerTable());
        this.clock = clock;
    }

    @Override
    public Passed pass(Collection<TableId> tables, Deadline deadline) {
        var token = UUID.randomUUID().toString();
        var at = clock.instant();
        var lsn = databases
                .source()
                .execute(
                        deadline,
                        "INSERT INTO " + table.quoted()
                                + " (id, token) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET token = excluded.token"
                                + " RETURNING pg_current_wal_insert_lsn()::text",
                        ROW,
                        token)
                .get(0)
                .getString(0);
        while (true) {
            var problem = "";
            try {
                if (isAtSink(token)) {
                    return new Passed(Lsn.parse(lsn), at, Duration.between(at, clock.instant()));
                }
            } catch (CheckImpossible e) {
                problem = ": " + e.getMessage();
            }
            if (deadline.passed()) {
                throw new FenceNotReached(
                        FenceNotReached.WaitedFor.NOBODY_KNOWS,
                        "the row that was written to %s at %s did not arrive at the sink%s"
                                .formatted(table.label(), lsn, problem));
            }
            LockSupport.parkNanos(STEP.toNanos());
        }
    }

    private boolean isAtSink(String token) {
        return databases
                .sink()
                .execute(
                        Deadline.in(PATIENCE),
                        "SELECT EXISTS (SELECT FROM " + table.quoted() + " WHERE id = $1 AND token = $2)",
                        ROW,
                        token)
                .get(0)
                .getBoolean(0);
    }
}
