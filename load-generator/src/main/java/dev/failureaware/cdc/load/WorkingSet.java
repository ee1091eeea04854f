package dev.failureaware.cdc.load;

import java.util.ArrayList;
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
    private final List<Customer> drawableCustomers = new ArrayList<>();
    private final List<Order> drawableOrders = new ArrayList<>();

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
        return draw(drawableCustomers, random, customer -> !customer.deleted);
    }

    Optional<Order> drawOrder(RandomGenerator random, Predicate<Order> wanted) {
        return draw(drawableOrders, random, order -> !order.deleted() && wanted.test(order));
    }

    private static <T> Optional<T> draw(List<T> from, RandomGenerator random, Predicate<T> wanted) {
        for (var i = 0; i < DRAWS && !from.isEmpty(); i++) {
            var drawn = from.get(random.nextInt(from.size()));
            if (wanted.test(drawn)) {
                return Optional.of(drawn);
            }
        }
        return Optional.empty();
    }

    /** Adds the customer, or replaces what was known of it; its orders stay. */
    void put(Customer customer) {
        var known = customers.put(customer.id, customer);
        if (known == null) {
            drawableCustomers.add(customer);
            if (customers.size() > maxCustomers) {
                forgetCustomer(customers.keySet().iterator().next());
            }
        } else {
            customer.orders.putAll(known.orders);
            drawableCustomers.set(drawableCustomers.indexOf(known), customer);
        }
    }

    /** Adds the order, or replaces what was known of it; without effect when its customer is not known. */
    void put(Order order) {
        var customer = customers.get(order.customerId());
        if (customer == null) {
            return;
        }
        var known = customer.orders.put(order.id(), order);
        if (known == null) {
            drawableOrders.add(order);
        } else {
            drawableOrders.set(indexOf(known), order);
        }
    }

    void forgetCustomer(UUID id) {
        var customer = customers.remove(id);
        if (customer != null) {
            drawableCustomers.remove(customer);
            drawableOrders.removeIf(order -> order.customerId().equals(id));
        }
    }

    void forgetOrder(Order order) {
        var customer = customers.get(order.customerId());
        if (customer != null && customer.orders.remove(order.id()) != null) {
            drawableOrders.remove(indexOf(order));
        }
    }

    private int indexOf(Order order) {
        for (var i = 0; i < drawableOrders.size(); i++) {
            if (drawableOrders.get(i).id().equals(order.id())) {
                return i;
            }
        }
        throw new IllegalStateException("order " + order.id() + " is known to its customer only");
    }
}
