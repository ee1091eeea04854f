package dev.failureaware.cdc.sink.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.failureaware.cdc.model.TableId;
import dev.failureaware.cdc.sink.decode.ColumnShape;
import dev.failureaware.cdc.sink.decode.Decoded;
import dev.failureaware.cdc.sink.decode.Operation;
import dev.failureaware.cdc.sink.decode.Source;
import dev.failureaware.cdc.sink.decode.Source.Snapshot;
import dev.failureaware.cdc.sink.decode.SourceType;
import dev.failureaware.cdc.sink.decode.TableShape;
import dev.failureaware.cdc.sink.decode.ValueForm;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A plan that was made ahead is used only where it is the one that would be made now. */
class PlanAheadTest {
    private static final TableShape SHAPE = new TableShape(
            new TableId("public", "t"),
            List.of(new ColumnShape("id", SourceType.of("int4"), false, null, ValueForm.PLAIN)),
            List.of("id"));
    private static final TopicPartition PARTITION = new TopicPartition("shop.public.t", 0);
    private static final Map<TopicPartition, PartitionState> START = Map.of(PARTITION, new PartitionState(10, null));

    private static Decoded change(long offset, Long previousCommit, long lsn) {
        var id = List.of(Long.toString(offset));
        return new Decoded.Upsert(
                PARTITION,
                offset,
                SHAPE,
                Operation.UPDATE,
                id,
                id,
                new Source(lsn, previousCommit, lsn, Snapshot.NONE));
    }

    private final List<Decoded> first = List.of(change(10, 100L, 120), change(11, 100L, 130));
    /** The second was sent before: only who knows where the first batch ends can tell. */
    private final List<Decoded> second = List.of(change(12, 130L, 140), change(13, 100L, 120));

    private final Plan now = BatchPlanner.plan(first, START, List.of());
    private final Map<TopicPartition, PartitionState> then =
            Map.of(PARTITION, now.advances().get(PARTITION).to());
    private final PlanAhead ahead = new PlanAhead();

    @Test
    void itIsTheSamePlan() {
        ahead.make(second, START, now);

        var taken = ahead.take(List.copyOf(second), then);

        assertThat(taken).contains(BatchPlanner.plan(second, then, List.of()));
        assertThat(taken.get().duplicates()).as("known by the first batch only").isEqualTo(1);
        assertThat(ahead.take(second, then)).as("once").isEmpty();
    }

    /** A batch that failed was isolated, its rest put aside, its partition given to another: whatever it was. */
    @ParameterizedTest
    @MethodSource("otherStates")
    void whereThePartitionStandsElsewhereItIsForgotten(Map<TopicPartition, PartitionState> states) {
        ahead.make(second, START, now);

        assertThat(ahead.take(second, states)).isEmpty();
    }

    static List<Map<TopicPartition, PartitionState>> otherStates() {
        return List.of(START, Map.of(), Map.of(PARTITION, new PartitionState(12, null)));
    }

    @Test
    void forOtherEventsItIsForgotten() {
        ahead.make(second, START, now);
        assertThat(ahead.take(second.subList(0, 1), then)).isEmpty();

        ahead.make(second, START, now);
        assertThat(ahead.take(List.of(second.get(0), change(13, 100L, 120)), then))
                .isEmpty();
    }

    @Test
    void whatDependsOnTheDatabaseIsNotPlannedAhead() {
        var ofNoKnownTransaction = List.of(change(12, null, 140));

        ahead.make(ofNoKnownTransaction, START, now);

        assertThat(ahead.take(ofNoKnownTransaction, then)).isEmpty();
    }

    @Test
    void aPartitionThatIsNotOursIsNotPlannedAhead() {
        var other = BatchPlanner.plan(List.of(), Map.of(), List.of());

        ahead.make(second, Map.of(), other);

        assertThat(ahead.take(second, then)).isEmpty();
    }
}
