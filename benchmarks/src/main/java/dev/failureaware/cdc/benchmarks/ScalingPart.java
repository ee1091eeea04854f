package dev.failureaware.cdc.benchmarks;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.GroupState;

/**
 * Replicas of our sink on a topic of several partitions. A lock on the table holds them until all have joined the group and own
 * their partitions; so all begin at the same moment.
 */
final class ScalingPart {
    private static final int PARTITIONS = 8;
    private static final List<Integer> REPLICAS = List.of(1, 2, 4);
    private static final String GROUP = "sink-consumer";
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final Duration LOOK = Duration.ofMillis(200);

    private final TestBed bed;
    private final Options options;
    private final Progress progress;

    ScalingPart(TestBed bed, Options options, Progress progress) {
        this.bed = bed;
        this.options = options;
        this.progress = progress;
    }

    List<Map<String, Object>> run(OurSink ours) throws IOException, InterruptedException, SQLException {
        var topic = InsertOnlyTopic.capture(bed, "scaling", PARTITIONS, options.events(), progress);
        progress.begin("scaling: a first drain, for the sink to make its table");
        new Drain(bed, progress).run(ours, topic);
        var prepared = PreparedSink.afterDrain(bed, topic.table(), 0);
        progress.end("done");
        var rates = new LinkedHashMap<Integer, List<Double>>();
        for (var round = 1; round <= options.rounds(); round++) {
            for (var replicas : REPLICAS) {
                progress.begin("scaling, round %d of %d: replicas: %d".formatted(round, options.rounds(), replicas));
                prepared.restore();
                var outcome = new Drain(bed, progress, PATIENCE.multipliedBy(2))
                        .run(new Replicas(ours, topic, replicas), topic, 0, PreparedSink.NEW_ROWS);
                rates.computeIfAbsent(replicas, any -> new ArrayList<>()).add(outcome.eventsPerSecond());
                progress.end("%,9.0f events/s".formatted(outcome.eventsPerSecond()));
            }
        }
        var results = new ArrayList<Map<String, Object>>();
        rates.forEach((replicas, all) -> {
            var result = new LinkedHashMap<String, Object>();
            result.put("replicas", replicas);
            result.put("partitions", PARTITIONS);
            result.put("events", topic.events());
            result.put("events_per_second", Math.round(Statistics.median(all)));
            results.add(result);
        });
        return results;
    }

    private final class Replicas implements Contestant.Draining {
        private final Connection gate;
        private final List<Contestant.Draining> replicas = new ArrayList<>();

        Replicas(OurSink ours, Topic topic, int count) throws IOException, InterruptedException, SQLException {
            gate = bed.connect(TestBed.SINK);
            gate.setAutoCommit(false);
            try (var statement = gate.createStatement()) {
                statement.execute("LOCK TABLE " + topic.table().qualified() + " IN SHARE MODE");
            }
            for (var replica = 1; replica <= count; replica++) {
                replicas.add(ours.start(topic, replica));
            }
        }

        @Override
        public void ready() throws InterruptedException {
            var deadline = Instant.now().plus(PATIENCE);
            while (!joined()) {
                if (Instant.now().isAfter(deadline)) {
                    throw new BenchmarkException("%d replicas did not form a group within %d s"
                            .formatted(replicas.size(), PATIENCE.toSeconds()));
                }
                Thread.sleep(LOOK.toMillis());
            }
            try {
                gate.commit();
            } catch (SQLException e) {
                throw new BenchmarkException("the table cannot be opened: " + e.getMessage(), e);
            }
        }

        private boolean joined() throws InterruptedException {
            try {
                var group = bed.admin
                        .describeConsumerGroups(List.of(GROUP))
                        .all()
                        .get()
                        .get(GROUP);
                return group.groupState() == GroupState.STABLE
                        && group.members().size() == replicas.size()
                        && group.members().stream()
                                        .mapToInt(member -> member.assignment()
                                                .topicPartitions()
                                                .size())
                                        .sum()
                                == PARTITIONS;
            } catch (ExecutionException e) {
                return false; // No such group yet.
            }
        }

        @Override
        public Optional<String> failure() throws IOException {
            for (var replica : replicas) {
                var failure = replica.failure();
                if (failure.isPresent()) {
                    return failure;
                }
            }
            return Optional.empty();
        }

        @Override
        public OptionalLong peakResidentBytes() {
            return OptionalLong.empty();
        }

        @Override
        public void close() {
            try {
                gate.close();
            } catch (SQLException e) {
                // The database goes with it anyway.
            }
            replicas.forEach(Contestant.Draining::close);
        }
    }
}
