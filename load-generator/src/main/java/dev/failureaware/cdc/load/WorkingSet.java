package dev.failureaware.cdc.load;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * The rows that a writer has in mind, as they were when it last saw them. Others may change or delete them at any time;
 * the database has the last word. Bounded: the customer known longest is forgotten first, with its orders.
 */
final class WorkingSet {
    /** Draws that may miss before an operation counts as not possible now. */
    private static final int DRAWS = 20;

    private final int maxCustomers;
    private final Map<UUID, Customer> customers = new LinkedHashMap<>();
    private final Pool<Customer> drawableCustomers = new Pool<>();
    private final Pool<Order> drawableOrders = new Pool<>();

    static final class Customer {
        final UUID id;
        final boolean deleted;
        final long version;
        final Map<UUID, Order> orders = new LinkedHashMap<>();

        Customer(UUID id, long version, boolean deleted) {
            this.id = id;
            this.version = version;
            this.deleted = deleted;
        }
    }

    /** @param items version by key */
    record Order(UUID id, UUID customerId, OrderStatus status, long version, boolean deleted, Map<UUID, Long> items) {}

    WorkingSet(int maxCustomers) {
        this.maxCustomers = maxCustomers;
    }

    Optional<Customer> drawCustomer(RandomGenerator random) {
        return drawableCustomers.draw(random, customer -> !customer.deleted);
    }

    Optional<Order> drawOrder(RandomGenerator random, Predicate<Order> wanted) {
        return drawableOrders.draw(random, order -> !order.deleted() && wanted.test(order));
    }

    /** Adds the customer, or replaces what was known of it; its orders stay. */
    void put(Customer customer) {
        var known = customers.put(customer.id, customer);
        drawableCustomers.put(customer.id, customer);
        if (known != null) {
            customer.orders.putAll(known.orders);
        } else if (customers.size() > maxCustomers) {
            forgetCustomer(customers.keySet().iterator().next());
        }
    }

    /** Adds the order, or replaces what was known of it; without effect when its customer is not known. */
    void put(Order order) {
        var customer = customers.get(order.customerId());
        if (customer != null) {
            customer.orders.put(order.id(), order);
            drawableOrders.put(order.id(), order);
        }
    }

    void forgetCustomer(UUID id) {
        var customer = customers.remove(id);
        if (customer != null) {
            drawableCustomers.remove(id);
            customer.orders.keySet().forEach(drawableOrders::remove);
        }
    }

    void forgetOrder(Order order) {
        var customer = customers.get(order.customerId());
        if (customer != null && customer.orders.remove(order.id()) != null) {
            drawableOrders.remove(order.id());
        }
    }

    /** Found by key and drawn by place, both without a search: there are tens of thousands, and each commit changes one. */
    private static final class Pool<T> {
        private record Entry<T>(UUID id, T value) {}

        private final List<Entry<T>> entries = new ArrayList<>();
        private final Map<UUID, Integer> places = new HashMap<>();

        Optional<T> draw(RandomGenerator random, Predicate<T> wanted) {
            for (var i = 0; i < DRAWS && !entries.isEmpty(); i++) {
                var drawn = entries.get(random.nextInt(entries.size())).value;
                if (wanted.test(drawn)) {
                    return Optional.of(drawn);
                }
            }
            return Optional.empty();
        }

        void put(UUID id, T value) {
            var place = places.putIfAbsent(id, entries.size());
            if (place == null) {
                entries.add(new Entry<>(id, value));
            } else {
                entries.set(place, new Entry<>(id, value));
            }
        }

        /** The last one takes its place. */
        void remove(UUID id) {
            var place = places.remove(id);
            var last = entries.remove(entries.size() - 1);
            if (place < entries.size()) {
                entries.set(place, last);
                places.put(last.id, place);
            }
        }
    }
}
