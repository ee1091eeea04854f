package dev.failureaware.cdc.sink.plan;

import dev.failureaware.cdc.sink.decode.Decoded;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/**
 * The plan of the batch that comes next, made while the one before it is written. Planning is pure, so the plan is right if in the
 * end the batch has the events, and its partitions the states, that it was made for; else it is forgotten.
 */
public final class PlanAhead {
    private List<? extends Decoded> events = List.of();
    private Map<TopicPartition, PartitionState> states = Map.of();
    private Plan plan;

    /**
     * @param next events of the batch that comes next
     * @param states on which {@code now} was made
     * @param now the plan that is being written
     */
    public void make(List<? extends Decoded> next, Map<TopicPartition, PartitionState> states, Plan now) {
        forget();
        var expected = new HashMap<TopicPartition, PartitionState>();
        for (var event : next) {
            var partition = event.partition();
            if (!expected.containsKey(partition)) {
                var advance = now.advances().get(partition);
                expected.put(partition, advance == null ? states.get(partition) : advance.to());
            }
        }
        // The snapshots are only known when they are asked for; partitions without a state are no longer ours.
        if (!expected.containsValue(null) && !BatchPlanner.needsSnapshots(next)) {
            this.events = next;
            this.states = expected;
            plan = BatchPlanner.plan(next, expected, List.of());
        }
    }

    /** What {@link BatchPlanner} would give, where that was made ahead; it is forgotten in either case. */
    public Optional<Plan> take(List<? extends Decoded> events, Map<TopicPartition, PartitionState> states) {
        var fits = plan != null
                && isSame(events)
                && this.states.entrySet().stream()
                        .allMatch(state -> state.getValue().equals(states.get(state.getKey())));
        var taken = fits ? Optional.of(plan) : Optional.<Plan>empty();
        forget();
        return taken;
    }

    private void forget() {
        events = List.of();
        states = Map.of();
        plan = null;
    }

    /** Not only equal: comparing contents would cost as much as planning. */
    @SuppressWarnings("ReferenceEquality")
    private boolean isSame(List<? extends Decoded> others) {
        if (events.size() != others.size()) {
            return false;
        }
        for (var i = 0; i < events.size(); i++) {
            if (events.get(i) != others.get(i)) {
                return false;
            }
        }
        return true;
    }
}
