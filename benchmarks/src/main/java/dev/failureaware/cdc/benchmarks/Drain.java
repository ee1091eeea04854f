package dev.failureaware.cdc.benchmarks;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Lets a sink drain a topic and measures it from what it leaves in the database: from the commit of what the first look at the
 * table finds to the commit of the last change of the last partition. Both times are the server's own, so the looks only have
 * to come early; the start of the process does not count, nor do the events that the first look finds done.
 */
final class Drain {
    /** For the first change. */
    private static final Duration LOOK = Duration.ofMillis(5);
    /** For the last one. Looking takes processor time from the sink; the server tells when it was, except of a delete. */
    private static final Duration LATER_LOOK = Duration.ofMillis(50);

    private static final Duration CHECK = Duration.ofSeconds(1);
    /** A drain that changes nothing for so long has failed. */
    private final Duration patience;

    private final TestBed bed;
    private final Progress progress;

    Drain(TestBed bed, Progress progress) {
        this(bed, progress, Duration.ofSeconds(120));
    }

    Drain(TestBed bed, Progress progress, Duration patience) {
        this.bed = bed;
        this.progress = progress;
        this.patience = patience;
    }

    /**
     * @param before events that were done at the first look, and are not counted
     * @param took from the first look's commit to the last one
     */
    record Outcome(long events, long before, Duration took, OptionalLong peakResidentBytes) {
        double eventsPerSecond() {
            return (events - before) / (took.toNanos() / 1e9);
        }
    }

    private record FirstLook(long events, Instant at) {}

    /** On a sink database of its own, in which the table is empty; without a schema nobody can make it from the events. */
    Outcome run(Contestant contestant, Topic topic) throws IOException, InterruptedException, SQLException {
        var made = contestant.createsTable() && topic.schemaFull();
        bed.freshSink(made ? Optional.empty() : Optional.of(topic.table()));
        return run(contestant.start(topic), topic, 0, "true");
    }

    /**
     * On the sink database as it is.
     *
     * @param draining is closed before the end state is compared
     * @param blocksBefore blocks of the table that are full of rows from before
     * @param ours SQL condition that tells the drain's rows from those
     * @throws WrongResultException where the sink's rows are not the source's in the end
     */
    Outcome run(Contestant.Draining draining, Topic topic, long blocksBefore, String ours)
            throws IOException, InterruptedException, SQLException {
        Outcome outcome;
        try (draining) {
            var ready = CompletableFuture.runAsync(() -> {
                try {
                    draining.ready();
                } catch (IOException e) {
                    throw new CompletionException(e);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            try (var sink = bed.connect(TestBed.SINK)) {
                var watch = new Watch(draining, ready, topic, blocksBefore, ours, sink);
                var first = watch.awaitFirst();
                var last = watch.awaitLast();
                outcome = new Outcome(
                        topic.events(),
                        first.events(),
                        Duration.between(first.at(), last),
                        draining.peakResidentBytes());
            }
        }
        compare(bed, topic, ours);
        if (outcome.took().isZero() || outcome.took().isNegative()) {
            throw new BenchmarkException("all events were done at the first look; EVENTS is too small to measure");
        }
        return outcome;
    }

    /** @throws WrongResultException where the sink's rows are not the source's */
    static void compare(TestBed bed, Topic topic, String ours) throws SQLException {
        try (var source = bed.connect(TestBed.SOURCE);
                var sink = bed.connect(TestBed.SINK)) {
            var expected = topic.table().contents(source);
            var found = topic.table().contents(sink, ours);
            if (!found.equals(expected)) {
                throw new WrongResultException("WRONG RESULT in %s: the source holds %s, the sink %s"
                        .formatted(topic.table().qualified(), expected, found));
            }
        }
    }

    /** One drain being watched. */
    private final class Watch {
        private final Contestant.Draining draining;
        private final CompletableFuture<Void> ready;
        private final Topic topic;
        private final long blocksBefore;
        private final String ours;
        private final Connection sink;
        private Instant checkedAt = Instant.now();
        private Instant changedAt = Instant.now();
        private long changes = -1;

        Watch(
                Contestant.Draining draining,
                CompletableFuture<Void> ready,
                Topic topic,
                long blocksBefore,
                String ours,
                Connection sink) {
            this.draining = draining;
            this.ready = ready;
            this.topic = topic;
            this.blocksBefore = blocksBefore;
            this.ours = ours;
            this.sink = sink;
        }

        FirstLook awaitFirst() throws IOException, InterruptedException, SQLException {
            var table = topic.table().qualified();
            while (sqlIsTrue("SELECT to_regclass('" + table + "') IS NULL")) {
                pause(LOOK);
            }
            var look = "SELECT seq, (extract(epoch FROM pg_xact_commit_timestamp(xmin)) * 1000000)::bigint FROM %s"
                            .formatted(table)
                    + " WHERE ctid >= '(%d,0)' AND %s".formatted(blocksBefore, ours);
            while (true) {
                var seqs = new ArrayList<Long>();
                var micros = 0L;
                try (var statement = sink.createStatement();
                        var rows = statement.executeQuery(look)) {
                    while (rows.next()) {
                        seqs.add(rows.getLong(1));
                        micros = Math.max(micros, rows.getLong(2));
                    }
                }
                if (!seqs.isEmpty()) {
                    return new FirstLook(topic.order().atLeast(seqs), instant(micros));
                }
                pause(LOOK);
            }
        }

        /** The commit of the change that was visible last. */
        Instant awaitLast() throws IOException, InterruptedException, SQLException {
            var latest = Instant.EPOCH;
            for (var last : topic.order().last()) {
                var at = commit(last);
                while (at.isEmpty()) {
                    pause(LATER_LOOK);
                    at = commit(last);
                }
                latest = at.get().isAfter(latest) ? at.get() : latest;
            }
            return latest;
        }

        /** When this was committed; for a delete, of which nothing remains, when it was seen. */
        private Optional<Instant> commit(Topic.Order.Last last) throws SQLException {
            var sql = last.seq() > 0
                    ? "SELECT (extract(epoch FROM pg_xact_commit_timestamp(xmin)) * 1000000)::bigint FROM %s WHERE id = '%s' AND seq = %d"
                            .formatted(topic.table().qualified(), last.id(), last.seq())
                    : "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint WHERE NOT EXISTS (SELECT FROM %s WHERE id = '%s')"
                            .formatted(topic.table().qualified(), last.id());
            try (var statement = sink.createStatement();
                    var rows = statement.executeQuery(sql)) {
                return rows.next() ? Optional.of(instant(rows.getLong(1))) : Optional.empty();
            }
        }

        private void pause(Duration length) throws IOException, InterruptedException, SQLException {
            if (Duration.between(checkedAt, Instant.now()).compareTo(CHECK) > 0) {
                check();
                checkedAt = Instant.now();
            }
            Thread.sleep(length.toMillis());
        }

        private void check() throws IOException, SQLException {
            if (ready.isCompletedExceptionally()) {
                try {
                    ready.join();
                } catch (CompletionException e) {
                    throw new BenchmarkException(e.getCause().getMessage(), e.getCause());
                }
            }
            var failure = ready.isDone() ? draining.failure() : Optional.<String>empty();
            if (failure.isPresent()) {
                throw new BenchmarkException(failure.get());
            }
            var now = number(
                    "SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_stat_user_tables WHERE relid = to_regclass('%s')"
                            .formatted(topic.table().qualified()));
            if (now != changes) {
                changes = now;
                changedAt = Instant.now();
                progress.rows(now);
            } else if (Duration.between(changedAt, Instant.now()).compareTo(patience) > 0) {
                throw new BenchmarkException("nothing has changed in %s for %d s, and the end is not reached"
                        .formatted(topic.table().qualified(), patience.toSeconds()));
            }
        }

        private boolean sqlIsTrue(String sql) throws SQLException {
            try (var statement = sink.createStatement();
                    var rows = statement.executeQuery(sql)) {
                return rows.next() && rows.getBoolean(1);
            }
        }

        private long number(String sql) throws SQLException {
            try (var statement = sink.createStatement();
                    var rows = statement.executeQuery(sql)) {
                rows.next();
                return rows.getLong(1);
            }
        }
    }

    private static Instant instant(long epochMicros) {
        return Instant.EPOCH.plus(Duration.ofNanos(epochMicros * 1000));
    }
}
