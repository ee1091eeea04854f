package dev.failureaware.cdc.verifier;

import dev.failureaware.cdc.model.SinkBookkeeping;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Supplier;

/** Looks at the pipeline in short steps. */
@ApplicationScoped
class Sampler {
    /** For each question; a neighbour that is away costs a gap. */
    private static final Duration LIMIT = Duration.ofMillis(1500);
    /** Takes no id itself. */
    private static final String SOURCE_TRANSACTIONS = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint";

    private static final String SINK_ROWS =
            "SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::bigint FROM pg_stat_user_tables WHERE schemaname <> '"
                    + SinkBookkeeping.SCHEMA + "'";

    private final Databases databases;
    private final PipelineProbe pipeline;
    private final LagMeter lag;
    private final Verifications verifications;
    private final Clock clock;
    private final Series series;
    private final Rate sourceCommits = new Rate();
    private final Rate sinkRows = new Rate();

    Sampler(
            Databases databases,
            PipelineProbe pipeline,
            LagMeter lag,
            Verifications verifications,
            Series series,
            Clock clock) {
        this.databases = databases;
        this.pipeline = pipeline;
        this.lag = lag;
        this.verifications = verifications;
        this.series = series;
        this.clock = clock;
    }

    @Scheduled(every = "${verifier.sample-every:2s}", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void sample() {
        var slot = pipeline.slot().orElse(null);
        var commits = known(() -> number(databases.source(), SOURCE_TRANSACTIONS));
        var commitsPerSecond = sourceCommits.next(commits, System.nanoTime());
        var rows = known(() -> number(databases.sink(), SINK_ROWS));
        var rowsPerSecond = sinkRows.next(rows, System.nanoTime());
        var behind = known(() -> lag.measure(Deadline.in(LIMIT)).events());
        var sample = new Sample(
                clock.instant(),
                behind,
                slot == null ? null : slot.retainedWalBytes(),
                slot == null ? null : slot.unconfirmedBytes(),
                commitsPerSecond,
                rowsPerSecond,
                verifications.last().summary().differences());
        series.add(sample);
    }

    private static long number(Database side, String sql) {
        return side.execute(Deadline.in(LIMIT), sql).get(0).getLong(0);
    }

    private static Long known(Supplier<Long> question) {
        try {
            return question.get();
        } catch (CheckImpossible e) {
            return null;
        }
    }

    /** Of a count that only grows. */
    static final class Rate {
        private Long before;
        private long beforeNanos;

        /** By the second, since the count before; null without one, and where it went back (another server, statistics reset). */
        Double next(Long count, long nanos) {
            var perSecond = count == null || before == null || count < before || nanos <= beforeNanos
                    ? null
                    : (Double) ((count - before) * 1e9 / (nanos - beforeNanos));
            before = count;
            beforeNanos = nanos;
            return perSecond;
        }
    }
}
