package dev.failureaware.cdc.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class BacklogTest {
    private static final TopicPartition P = new TopicPartition("shop.public.t", 0);
    private final Backlog backlog = new Backlog();

    /** An event a minute. */
    private static List<Backlog.Event> events(long... offsets) {
        return Arrays.stream(offsets)
                .mapToObj(offset -> new Backlog.Event(offset, offset * 60_000))
                .toList();
    }

    @Test
    void aNewPartitionIsReadFromWhereTheSinkStands() {
        backlog.follow(Set.of(P), Map.of(P, 40L));

        assertThat(backlog.takeSeeks()).containsEntry(P, 40L);
        assertThat(backlog.takeSeeks()).isEmpty();
    }

    @Test
    void eventsStayUntilTheSinkHasAppliedThem() {
        backlog.follow(Set.of(P), Map.of());
        backlog.takeSeeks();
        backlog.read(P, events(0L, 1L, 3L), 5);

        backlog.applied(Map.of(P, 2L));

        assertThat(backlog.unread(Map.of(P, 5L))).isEmpty();
        assertThat(backlog.unread(Map.of(P, 6L))).containsExactly(P);
        assertThat(backlog.unapplied(Map.of(P, 3L))).isEmpty();
        assertThat(backlog.unapplied(Map.of(P, 5L))).containsEntry(P, 1L);
        assertThat(backlog.standings())
                .singleElement()
                .satisfies(standing -> assertThat(standing.oldest()).contains(Instant.EPOCH.plusSeconds(180)));
    }

    @Test
    void aSinkThatWasRewoundMakesTheTailReadAgain() {
        backlog.follow(Set.of(P), Map.of(P, 10L));
        backlog.takeSeeks();
        backlog.read(P, events(10L, 11L), 12);

        backlog.applied(Map.of(P, 4L));
        backlog.read(P, events(12L), 13);

        assertThat(backlog.unread(Map.of(P, 12L)))
                .as("what is read before the seek counts for nothing")
                .containsExactly(P);
        assertThat(backlog.takeSeeks()).containsEntry(P, 4L);
        backlog.read(P, events(4L, 5L, 10L, 11L, 12L), 13);
        assertThat(backlog.standings())
                .singleElement()
                .satisfies(standing -> assertThat(standing.events()).isEqualTo(5));
    }

    @Test
    void aTopicThatWasMadeAnewHasNoEventsOfTheOldOne() {
        backlog.follow(Set.of(P), Map.of());
        backlog.takeSeeks();
        backlog.read(P, events(0L, 1L, 2L, 3L), 5);

        backlog.read(P, events(0L, 1L), 3);
        backlog.applied(Map.of(P, 2L));

        assertThat(backlog.unread(Map.of(P, 3L))).isEmpty();
        assertThat(backlog.unapplied(Map.of(P, 4L))).isEmpty();
    }

    @Test
    void onlyFencesThatAreAwaitedAreRemembered() {
        backlog.awaitFence("ours");
        backlog.fenceSeen("ours");
        backlog.fenceSeen("somebody else's");

        assertThat(backlog.seenOf(List.of("somebody else's"))).isEmpty();
        assertThat(backlog.seenOf(List.of("earlier", "ours"))).contains("ours");
        backlog.forgetFences(List.of("ours"));
        assertThat(backlog.seenOf(List.of("ours"))).isEmpty();
    }
}
