package dev.failureaware.cdc.load;

import dev.failureaware.cdc.load.WorkingSet.Order;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Draws the next change. The same random source and the same working set give the same sequence, keys included. Reads no
 * clock and no database.
 */
final class Planner {
    private static final List<String> FIRST_NAMES =
            List.of("Ada", "Grace", "Edsger", "Barbara", "Tony", "Radia", "Leslie", "Frances", "Jim", "Zoë");
    private static final List<String> LAST_NAMES =
            List.of("Okafor", "Lindqvist", "Moreau", "Tanaka", "Silva", "Novák", "Haddad", "O'Brien", "Yılmaz");
    private static final int SKUS = 500;

    private final RandomGenerator random;
    private final String idPrefix;
    private long count;

    /** @param idPrefix begins every external id; must never have been used before on this database */
    Planner(RandomGenerator random, String idPrefix) {
        this.random = random;
        this.idPrefix = idPrefix;
    }

    Change next(WorkingSet known) {
        while (true) {
            // Ends: a customer can always be created.
            var change = plan(Operation.drawnBy(random.nextInt(Operation.TOTAL_WEIGHT)), known);
            if (change.isPresent()) {
                count++;
                return change.get();
            }
        }
    }

    private Optional<? extends Change> plan(Operation operation, WorkingSet known) {
        return switch (operation) {
            case CUSTOMER_CREATED -> Optional.of(newCustomer());
            case EMAIL_CHANGED ->
                known.drawCustomer(random).map(customer -> new CustomerChange.EmailChanged(customer, email("changed")));
            case ORDER_CREATED ->
                known.drawCustomer(random)
                        .map(customer -> new OrderChange.Created(key(), externalId("O"), customer.id, items()));
            case STATUS_CHANGED ->
                known.drawOrder(random, order -> !order.status().next().isEmpty())
                        .map(order -> new OrderChange.StatusChanged(
                                order, pick(order.status().next())));
            case ITEM_ADDED ->
                known.drawOrder(random, order -> order.status() == OrderStatus.PENDING)
                        .map(order -> new OrderChange.ItemAdded(order, item()));
            case CUSTOMER_SOFT_DELETED -> known.drawCustomer(random).map(CustomerChange.SoftDeleted::new);
            case ORDER_SOFT_DELETED ->
                known.drawOrder(random, Planner::isAtItsEnd).map(OrderChange.SoftDeleted::new);
            case ORDER_DELETED -> known.drawOrder(random, order -> true).map(OrderChange.Deleted::new);
            case CUSTOMER_DELETED -> known.drawCustomer(random).map(CustomerChange.Deleted::new);
        };
    }

    private static boolean isAtItsEnd(Order order) {
        return order.status().next().isEmpty();
    }

    private CustomerChange newCustomer() {
        var first = pick(FIRST_NAMES);
        return new CustomerChange.Created(key(), externalId("C"), email(first), first + " " + pick(LAST_NAMES));
    }

    private List<OrderChange.Item> items() {
        return IntStream.rangeClosed(0, random.nextInt(4)).mapToObj(i -> item()).toList();
    }

    private OrderChange.Item item() {
        return new OrderChange.Item(
                key(),
                "SKU-%03d".formatted(random.nextInt(SKUS)),
                1 + random.nextInt(5),
                BigDecimal.valueOf(100 + random.nextInt(20_000), 2));
    }

    private String externalId(String table) {
        return idPrefix + table + count;
    }

    private String email(String name) {
        return "%s.%s%d@example.com".formatted(name.toLowerCase(Locale.ROOT), idPrefix, count);
    }

    /** A random (version 4) uuid from this planner's own source. */
    private UUID key() {
        var high = random.nextLong() & 0xFFFF_FFFF_FFFF_0FFFL | 0x4000L;
        var low = random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }

    private <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}
