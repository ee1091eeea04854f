package dev.failureaware.cdc.verifier;

import dev.failureaware.cdc.model.Lsn;
import dev.failureaware.cdc.model.TableId;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Typed;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;

/**
 * Proves that the sink is past a moment of the source.
 *
 * <p>A fence is a logical message, committed at the source after everything that it is to prove. Debezium sends changes in
 * the order of their commits, so once the message can be read from Kafka by a reader of committed records, everything
 * committed before it is in Kafka's logs too. Markers of that Kafka transaction may still be on their way to other
 * partitions; so the ends are taken of all that is written, and the fence is passed when, up to there, everything is
 * readable and every readable event is applied by the sink. This rests on exactly-once delivery from the connector: without
 * it, a retried write to one partition can come after the message's on another.
 */
@ApplicationScoped
@Typed(Fences.class)
class Fences implements Fence {
    private static final Logger LOG = Logger.getLogger(Fences.class);
    private static final String EMIT = "SELECT pg_logical_emit_message(true, $1, $2)::text";
    private static final Duration STEP = Duration.ofMillis(20);
    /** A message from before a new snapshot of the connector is never sent, so a lost one is followed by others. */
    private static final Duration FIRST_RESEND = Duration.ofSeconds(2);

    private static final Duration LAST_RESEND = Duration.ofSeconds(15);

    /** For one answer of the sink; the last one before a deadline must not fail for want of time. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Databases databases;
    private final TopicTail tail;
    private final TopicEnds ends;
    private final SinkProgress progress;
    private final Backlog backlog;
    private final Topics topics;
    private final Clock clock;

    Fences(
            Databases databases,
            TopicTail tail,
            TopicEnds ends,
            SinkProgress progress,
            Backlog backlog,
            Topics topics,
            Clock clock) {
        this.databases = databases;
        this.tail = tail;
        this.ends = ends;
        this.progress = progress;
        this.backlog = backlog;
        this.topics = topics;
        this.clock = clock;
    }

    /** Outages on the way are waited for as long as the deadline allows. */
    @Override
    public Passed pass(Collection<TableId> tables, Deadline deadline) {
        tail.awaitReady(deadline);
        var emitted = new LinkedHashMap<String, Emitted>();
        try {
            var seen = awaitMessage(emitted, deadline);
            awaitSink(tables, deadline);
            return new Passed(seen.lsn, seen.at, Duration.between(seen.at, clock.instant()));
        } finally {
            backlog.forgetFences(emitted.keySet());
        }
    }

    private record Emitted(Lsn lsn, Instant at) {}

    private Emitted awaitMessage(Map<String, Emitted> emitted, Deadline deadline) {
        emit(emitted, deadline);
        var resendAfter = FIRST_RESEND;
        var resend = Deadline.in(resendAfter);
        while (true) {
            var seen = backlog.seenOf(emitted.keySet());
            if (seen.isPresent()) {
                return emitted.get(seen.get());
            }
            if (deadline.passed()) {
                throw new FenceNotReached(
                        FenceNotReached.WaitedFor.CONNECTOR,
                        "the message written to the source's log at %s did not arrive on topic %s"
                                .formatted(emitted.values().iterator().next().lsn(), topics.messages()));
            }
            if (resend.passed()) {
                emitAgain(emitted, deadline);
                resendAfter = resendAfter.multipliedBy(2).compareTo(LAST_RESEND) < 0
                        ? resendAfter.multipliedBy(2)
                        : LAST_RESEND;
                resend = Deadline.in(resendAfter);
            }
            backlog.awaitChange(STEP);
        }
    }

    private void emitAgain(Map<String, Emitted> emitted, Deadline deadline) {
        try {
            emit(emitted, deadline);
        } catch (CheckImpossible e) {
            LOG.debugf("A fence is not sent again: %s", e.getMessage());
        }
    }

    private void emit(Map<String, Emitted> emitted, Deadline deadline) {
        var id = UUID.randomUUID().toString();
        backlog.awaitFence(id);
        try {
            var at = clock.instant();
            var lsn = databases
                    .source()
                    .execute(deadline, EMIT, FenceMessages.PREFIX, id)
                    .get(0)
                    .getString(0);
            emitted.put(id, new Emitted(Lsn.parse(lsn), at));
        } catch (CheckImpossible e) {
            backlog.forgetFences(List.of(id));
            throw e;
        }
    }

    private void awaitSink(Collection<TableId> tables, Deadline deadline) {
        var wanted = tables.stream().map(topics::of).collect(Collectors.toSet());
        Map<TopicPartition, Long> written = null;
        var problem = "";
        var sweeps = List.<String>of();
        while (true) {
            try {
                if (written == null) {
                    tail.discover(deadline);
                    written = ends.written(
                            backlog.partitions().stream()
                                    .filter(partition -> wanted.contains(partition.topic()))
                                    .toList(),
                            deadline);
                }
                progress.refresh(Deadline.in(PATIENCE));
                sweeps = List.of();
                problem = "";
                if (backlog.unread(written).isEmpty()
                        && backlog.unapplied(written).isEmpty()) {
                    sweeps = progress.pendingSweeps(Deadline.in(PATIENCE));
                    if (sweeps.isEmpty()) {
                        return;
                    }
                }
            } catch (CheckImpossible e) {
                problem = e.getMessage();
            }
            if (deadline.passed()) {
                throw late(written, problem, sweeps);
            }
            LockSupport.parkNanos(STEP.toNanos());
        }
    }

    private FenceNotReached late(Map<TopicPartition, Long> written, String problem, List<String> sweeps) {
        if (!problem.isEmpty() || written == null) {
            return new FenceNotReached(FenceNotReached.WaitedFor.NOBODY_KNOWS, problem);
        }
        if (!sweeps.isEmpty()) {
            return new FenceNotReached(
                    FenceNotReached.WaitedFor.SINK,
                    "the sink has not removed what a complete snapshot did not hold from " + String.join(", ", sweeps));
        }
        var unapplied = backlog.unapplied(written);
        if (unapplied.isEmpty()) {
            return new FenceNotReached(
                    FenceNotReached.WaitedFor.CONNECTOR,
                    "records of a Kafka transaction that is not complete are on " + backlog.unread(written));
        }
        return new FenceNotReached(
                FenceNotReached.WaitedFor.SINK,
                "the sink has not applied "
                        + unapplied.entrySet().stream()
                                .map(entry -> entry.getValue() + (entry.getValue() == 1 ? " event" : " events") + " of "
                                        + entry.getKey())
                                .collect(Collectors.joining(", ")));
    }
}
