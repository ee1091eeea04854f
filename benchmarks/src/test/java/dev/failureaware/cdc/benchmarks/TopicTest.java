package dev.failureaware.cdc.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.failureaware.cdc.benchmarks.Topic.Order.Last;
import java.util.List;
import org.junit.jupiter.api.Test;

class TopicTest {
    private final Topic.Order.Builder order = new Topic.Order.Builder(2, 6);

    @Test
    void theEndIsTheLastChangeOfEachPartition() {
        order.upsert(0, "a", 1);
        order.upsert(1, "b", 2);
        order.upsert(0, "c", 3);

        assertThat(order.build().last()).containsExactlyInAnyOrder(new Last("c", 3), new Last("b", 2));
    }

    /** A row that is not there yet looks like one that was deleted. */
    @Test
    void whereADeleteComesLastTheLastRowThatStaysIsAwaitedFirst() {
        order.upsert(0, "a", 1);
        order.upsert(0, "b", 2);
        order.upsert(0, "c", 3);
        order.delete(0, "c");

        assertThat(order.build().last()).containsExactly(new Last("b", 2), new Last("c", 0));
    }

    @Test
    void aDeleteThatIsFollowedByAChangeIsNotAwaited() {
        order.upsert(0, "a", 1);
        order.delete(0, "a");
        order.upsert(0, "a", 2);

        assertThat(order.build().last()).containsExactly(new Last("a", 2));
    }

    /** Deletes before a visible change have been applied as well. */
    @Test
    void visibleRowsTellHowManyEventsAreDoneAtLeast() {
        order.upsert(0, "a", 1);
        order.delete(0, "a");
        order.upsert(0, "b", 2);
        order.upsert(1, "c", 3);
        order.upsert(1, "d", 4);

        var built = order.build();

        assertThat(built.events()).isEqualTo(5);
        assertThat(built.atLeast(List.of(2L, 3L))).isEqualTo(4);
    }
}
