package dev.failureaware.cdc.load;

import static dev.failureaware.cdc.load.Effect.ORDERS;
import static dev.failureaware.cdc.load.Effect.ORDER_ITEMS;

import dev.failureaware.cdc.load.WorkingSet.Order;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A transaction on an order and its items. */
sealed interface OrderChange extends Change {

    record Item(UUID id, String sku, int quantity, BigDecimal unitPrice) {
        BigDecimal price() {
            return unitPrice.multiply(BigDecimal.valueOf(quantity));
        }
    }

    record Created(UUID id, String externalId, UUID customerId, List<Item> items) implements OrderChange {
        @Override
        public Operation operation() {
            return Operation.ORDER_CREATED;
        }

        @Override
        public List<Effect> expected() {
            var effects = new ArrayList<Effect>();
            effects.add(Effect.upsert(ORDERS, id, 1));
            items.forEach(item -> effects.add(Effect.upsert(ORDER_ITEMS, item.id(), 1)));
            return effects;
        }

        @Override
        public Uni<List<Effect>> write(SqlConnection connection) {
            var total = items.stream().map(Item::price).reduce(BigDecimal.ZERO, BigDecimal::add);
            return connection
                    .preparedQuery("INSERT INTO orders (id, external_id, customer_id, status, currency, total)"
                            + " VALUES ($1, $2, $3, 'pending', 'EUR', $4) RETURNING id, version")
                    .execute(Tuple.of(id, externalId, customerId, total))
                    .map(rows -> Effect.of(Effect.Op.UPSERT, ORDERS, rows))
                    .chain(order -> insertItems(connection, id, items).map(added -> joined(order, added)));
        }

        @Override
        public void learn(WorkingSet known, List<Effect> effects) {
            known.put(new Order(id, customerId, OrderStatus.PENDING, versionOf(id, effects), false, itemsIn(effects)));
        }
    }

    record StatusChanged(Order order, OrderStatus to) implements OrderChange {
        @Override
        public Operation operation() {
            return Operation.STATUS_CHANGED;
        }

        @Override
        public List<Effect> expected() {
            return List.of(Effect.upsert(ORDERS, order.id(), order.version() + 1));
        }

        /** Names the status it comes from, so that an order which somebody else has moved on is left alone. */
        @Override
        public Uni<List<Effect>> write(SqlConnection connection) {
            return connection
                    .preparedQuery("UPDATE orders SET status = $3 WHERE id = $1 AND status = $2 RETURNING id, version")
                    .execute(Tuple.of(order.id(), order.status().text(), to.text()))
                    .map(rows -> Effect.of(Effect.Op.UPSERT, ORDERS, rows));
        }

        @Override
        public void learn(WorkingSet known, List<Effect> effects) {
            learnUpdate(known, order, effects, to, false);
        }
    }

    /** The new item and the order's new total appear together. */
    record ItemAdded(Order order, Item item) implements OrderChange {
        @Override
        public Operation operation() {
            return Operation.ITEM_ADDED;
        }

        @Override
        public List<Effect> expected() {
            return List.of(
                    Effect.upsert(ORDERS, order.id(), order.version() + 1), Effect.upsert(ORDER_ITEMS, item.id(), 1));
        }

        @Override
        public Uni<List<Effect>> write(SqlConnection connection) {
            return connection
                    .preparedQuery("UPDATE orders SET total = total + $2 WHERE id = $1 RETURNING id, version")
                    .execute(Tuple.of(order.id(), item.price()))
                    .map(rows -> Effect.of(Effect.Op.UPSERT, ORDERS, rows))
                    .chain(updated -> updated.isEmpty()
                            ? Uni.createFrom().item(updated)
                            : insertItems(connection, order.id(), List.of(item)).map(added -> joined(updated, added)));
        }

        @Override
        public void learn(WorkingSet known, List<Effect> effects) {
            learnUpdate(known, order, effects, order.status(), false);
        }
    }

    record SoftDeleted(Order order) implements OrderChange {
        @Override
        public Operation operation() {
            return Operation.ORDER_SOFT_DELETED;
        }

        @Override
        public List<Effect> expected() {
            return List.of(Effect.upsert(ORDERS, order.id(), order.version() + 1));
        }

        @Override
        public Uni<List<Effect>> write(SqlConnection connection) {
            return connection
                    .preparedQuery("UPDATE orders SET deleted_at = now() WHERE id = $1 RETURNING id, version")
                    .execute(Tuple.of(order.id()))
                    .map(rows -> Effect.of(Effect.Op.UPSERT, ORDERS, rows));
        }

        @Override
        public void learn(WorkingSet known, List<Effect> effects) {
            learnUpdate(known, order, effects, order.status(), true);
        }
    }

    /** Takes its items with it, by cascade. */
    record Deleted(Order order) implements OrderChange {
        @Override
        public Operation operation() {
            return Operation.ORDER_DELETED;
        }

        @Override
        public List<Effect> expected() {
            var effects = new ArrayList<Effect>();
            order.items().forEach((id, version) -> effects.add(Effect.delete(ORDER_ITEMS, id, version)));
            effects.add(Effect.delete(ORDERS, order.id(), order.version()));
            return effects;
        }

        /** The lock keeps others from adding an item while the items are listed. */
        @Override
        public Uni<List<Effect>> write(SqlConnection connection) {
            var key = Tuple.of(order.id());
            return connection
                    .preparedQuery("SELECT id FROM orders WHERE id = $1 FOR UPDATE")
                    .execute(key)
                    .chain(() -> connection
                            .preparedQuery("SELECT id, version FROM order_items WHERE order_id = $1")
                            .execute(key))
                    .map(rows -> Effect.of(Effect.Op.DELETE, ORDER_ITEMS, rows))
                    .chain(items -> connection
                            .preparedQuery("DELETE FROM orders WHERE id = $1 RETURNING id, version")
                            .execute(key)
                            .map(rows -> joined(items, Effect.of(Effect.Op.DELETE, ORDERS, rows))));
        }

        @Override
        public void learn(WorkingSet known, List<Effect> effects) {
            known.forgetOrder(order);
        }
    }

    private static Uni<List<Effect>> insertItems(SqlConnection connection, UUID orderId, List<Item> items) {
        return connection
                .preparedQuery("INSERT INTO order_items (id, order_id, sku, quantity, unit_price)"
                        + " SELECT item.id, $1, item.sku, item.quantity, item.unit_price::numeric"
                        + " FROM unnest($2::uuid[], $3::text[], $4::int[], $5::text[])"
                        + " AS item (id, sku, quantity, unit_price) RETURNING id, version")
                .execute(Tuple.of(
                        orderId,
                        items.stream().map(Item::id).toArray(UUID[]::new),
                        items.stream().map(Item::sku).toArray(String[]::new),
                        items.stream().map(Item::quantity).toArray(Integer[]::new),
                        items.stream()
                                .map(item -> item.unitPrice().toPlainString())
                                .toArray(String[]::new)))
                .map(rows -> Effect.of(Effect.Op.UPSERT, ORDER_ITEMS, rows));
    }

    private static void learnUpdate(
            WorkingSet known, Order order, List<Effect> effects, OrderStatus status, boolean deleted) {
        if (effects.isEmpty()) {
            known.forgetOrder(order);
            return;
        }
        var items = new LinkedHashMap<>(order.items());
        items.putAll(itemsIn(effects));
        known.put(new Order(order.id(), order.customerId(), status, versionOf(order.id(), effects), deleted, items));
    }

    private static long versionOf(UUID key, List<Effect> effects) {
        return effects.stream()
                .filter(effect -> effect.key().equals(key))
                .findFirst()
                .orElseThrow()
                .version();
    }

    private static Map<UUID, Long> itemsIn(List<Effect> effects) {
        var items = new LinkedHashMap<UUID, Long>();
        effects.stream()
                .filter(effect -> effect.table().equals(ORDER_ITEMS))
                .forEach(effect -> items.put(effect.key(), effect.version()));
        return items;
    }

    private static List<Effect> joined(List<Effect> first, List<Effect> second) {
        var all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }
}
