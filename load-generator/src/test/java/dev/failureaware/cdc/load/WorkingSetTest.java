package dev.failureaware.cdc.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.failureaware.cdc.load.WorkingSet.Customer;
import dev.failureaware.cdc.load.WorkingSet.Order;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class WorkingSetTest {
    private static final int MAX_CUSTOMERS = 20;
    /** Enough to meet each of the few. */
    private static final int DRAWS = 1000;

    private final Random random = new Random(1);
    private final WorkingSet set = new WorkingSet(MAX_CUSTOMERS);
    private final Map<UUID, Customer> customers = new LinkedHashMap<>();
    private final Map<UUID, Order> orders = new HashMap<>();

    /** A draw gives the last state of what is known, anything of it, and nothing else. */
    @Test
    void whatIsDrawnIsJustWhatIsKnownWhateverCameAndWent() {
        for (var step = 0; step < 400; step++) {
            switch (random.nextInt(6)) {
                case 0, 1 -> putCustomer(new UUID(0, step));
                case 2 -> putOrder(new UUID(1, step), any(customers), step);
                case 3 -> {
                    var known = any(orders);
                    if (known != null) {
                        putOrder(known, orders.get(known).customerId(), step);
                    }
                }
                case 4 -> {
                    var known = any(orders);
                    if (known != null) {
                        set.forgetOrder(orders.remove(known));
                    }
                }
                default -> {
                    var known = any(customers);
                    if (known != null && random.nextInt(4) == 0) {
                        forget(known);
                    } else if (known != null) {
                        putCustomer(known);
                    }
                }
            }
            assertThat(drawn(() -> set.drawOrder(random, order -> true))).isEqualTo(Set.copyOf(orders.values()));
            assertThat(drawn(() -> set.drawCustomer(random))).isEqualTo(Set.copyOf(customers.values()));
        }
    }

    private static <T> Set<T> drawn(Supplier<Optional<T>> draw) {
        return Stream.generate(draw).limit(DRAWS).flatMap(Optional::stream).collect(Collectors.toSet());
    }

    private void putCustomer(UUID id) {
        var customer = new Customer(id, random.nextLong(), false);
        set.put(customer);
        customers.put(id, customer);
        if (customers.size() > MAX_CUSTOMERS) {
            forgetByItself(customers.keySet().iterator().next());
        }
    }

    private void putOrder(UUID id, UUID customer, long version) {
        var order = new Order(id, customer, OrderStatus.values()[0], version, false, Map.of());
        set.put(order);
        if (customer != null) {
            orders.put(id, order);
        }
    }

    private void forget(UUID customer) {
        set.forgetCustomer(customer);
        forgetByItself(customer);
    }

    private void forgetByItself(UUID customer) {
        customers.remove(customer);
        orders.values().removeIf(order -> order.customerId().equals(customer));
    }

    private UUID any(Map<UUID, ?> from) {
        return from.keySet().stream()
                .skip(from.isEmpty() ? 0 : random.nextInt(from.size()))
                .findFirst()
                .orElse(null);
    }
}
