package dev.failureaware.cdc.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PlannerTest {
    private static final int MANY = 5_000;

    @Test
    void theSameSeedAndTheSameRowsGiveTheSameIntents() {
        assertThat(intents(7, MANY)).isEqualTo(intents(7, MANY)).isNotEqualTo(intents(8, MANY));
    }

    @Test
    void withNothingThereTheFirstChangeCreatesACustomer() {
        var change = new Planner(new SplittableRandom(1), "L1.0-").next(new WorkingSet(100));

        assertThat(change.operation()).isEqualTo(Operation.CUSTOMER_CREATED);
    }

    @Test
    void everyKindOfTransactionIsDrawn() {
        var drawn = new EnumMap<Operation, Integer>(Operation.class);
        run(1, MANY).forEach(change -> drawn.merge(change.operation(), 1, Integer::sum));

        assertThat(drawn).containsOnlyKeys(Operation.values());
        assertThat(drawn.get(Operation.ORDER_CREATED)).isBetween(MANY / 6, MANY / 2);
    }

    @Test
    void keysAndExternalIdsAreNeverUsedTwice() {
        var keys = new HashSet<UUID>();
        var externalIds = new HashSet<String>();

        for (var change : run(3, MANY)) {
            if (change instanceof OrderChange.Created order) {
                assertThat(externalIds.add(order.externalId())).isTrue();
                assertThat(keys.add(order.id())).isTrue();
                order.items().forEach(item -> assertThat(keys.add(item.id())).isTrue());
            } else if (change instanceof CustomerChange.Created customer) {
                assertThat(externalIds.add(customer.externalId())).isTrue();
                assertThat(keys.add(customer.id())).isTrue();
            } else if (change instanceof OrderChange.ItemAdded added) {
                assertThat(keys.add(added.item().id())).isTrue();
            }
        }
        assertThat(keys).allSatisfy(key -> assertThat(key.version()).isEqualTo(4));
    }

    @Test
    void ordersOnlyMoveAlongTheirStateMachine() {
        var status = new HashMap<UUID, OrderStatus>();
        for (var change : run(5, MANY)) {
            if (change instanceof OrderChange.Created order) {
                status.put(order.id(), OrderStatus.PENDING);
            } else if (change instanceof OrderChange.StatusChanged moved) {
                assertThat(status.put(moved.order().id(), moved.to()).next()).contains(moved.to());
            } else if (change instanceof OrderChange.ItemAdded added) {
                assertThat(status.get(added.order().id())).isEqualTo(OrderStatus.PENDING);
            }
        }
    }

    @Test
    void nothingIsPlannedOnARowThatIsGone() {
        var gone = new HashSet<UUID>();
        for (var change : run(11, MANY)) {
            assertThat(change.expected()).noneMatch(effect -> gone.contains(effect.key()));
            change.expected().stream()
                    .filter(effect -> effect.op() == Effect.Op.DELETE)
                    .forEach(effect -> gone.add(effect.key()));
        }
        assertThat(gone).isNotEmpty();
    }

    private static List<List<Object>> intents(long seed, int count) {
        return run(seed, count).stream()
                .map(change -> List.<Object>of(change.operation(), change.expected()))
                .toList();
    }

    /** As if every change were acknowledged with just the expected effects. */
    private static List<Change> run(long seed, int count) {
        var planner = new Planner(new SplittableRandom(seed), "L1.0-");
        var known = new WorkingSet(200);
        var changes = new ArrayList<Change>();
        for (var i = 0; i < count; i++) {
            var change = planner.next(known);
            changes.add(change);
            change.learn(known, change.expected());
        }
        return changes;
    }
}
