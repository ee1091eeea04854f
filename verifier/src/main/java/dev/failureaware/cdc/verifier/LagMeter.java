package dev.failureaware.cdc.verifier;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** Counts the lag as of now: what Kafka holds at the call is read before it is counted. */
@ApplicationScoped
class LagMeter {
    private static final Duration STEP = Duration.ofMillis(50);

    private final TopicTail tail;
    private final TopicEnds ends;
    private final SinkProgress progress;
    private final Backlog backlog;
    private final Clock clock;

    LagMeter(TopicTail tail, TopicEnds ends, SinkProgress progress, Backlog backlog, Clock clock) {
        this.tail = tail;
        this.ends = ends;
        this.progress = progress;
        this.backlog = backlog;
        this.clock = clock;
    }

    /** Fails with {@link CheckImpossible} when Kafka or the sink cannot be asked, or the tail is not there in time. */
    Lag measure(Deadline deadline) {
        if (!tail.followed()) {
            throw new CheckImpossible("no topics are followed, as the fence is a marker");
        }
        tail.discover(deadline);
        var committed = ends.committed(backlog.partitions(), deadline);
        while (!backlog.unread(committed).isEmpty()) {
            if (deadline.passed()) {
                throw new CheckImpossible("the verifier has not read the topics to their ends yet");
            }
            backlog.awaitChange(STEP);
        }
        var first = ends.first(backlog.partitions(), deadline);
        progress.refresh(deadline);
        var standings = backlog.standings();
        var partitions = standings.stream()
                .map(standing -> new Lag.OfPartition(
                        standing.partition().topic(),
                        standing.partition().partition(),
                        standing.applied(),
                        Math.max(standing.position(), committed.getOrDefault(standing.partition(), 0L)),
                        standing.events(),
                        standing.oldest().orElse(null)))
                .toList();
        return new Lag(
                clock.instant(),
                partitions.stream().mapToLong(Lag.OfPartition::events).sum(),
                standings.stream()
                        .mapToLong(standing -> removed(standing, first))
                        .sum(),
                partitions);
    }

    /** A sink that has applied nothing begins with what there is. */
    private static long removed(Backlog.Standing standing, Map<TopicPartition, Long> first) {
        return standing.applied() == 0
                ? 0
                : Math.max(0, first.getOrDefault(standing.partition(), 0L) - standing.applied());
    }
}
