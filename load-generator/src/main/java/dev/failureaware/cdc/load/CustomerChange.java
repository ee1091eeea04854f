package dev.failureaware.cdc.load;

import static dev.failureaware.cdc.load.Effect.CUSTOMERS;
import static dev.failureaware.cdc.load.Effect.ORDERS;
import static dev.failureaware.cdc.load.Effect.ORDER_ITEMS;

import dev.failureaware.cdc.load.WorkingSet.Customer;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A transaction on a customer. */
sealed interface CustomerChange extends Change {

    record Created(UUID id, String externalId, String email, String fullName) implements CustomerChange {
        @Override
        public Operation operation() {
            return Operation.CUSTOMER_CREATED;
        }

        @Override
        public List<Effect> expected() {
            return List.of(Effect.upsert(CUSTOMERS, id, 1));
        }

        @Override
        public Uni<List<Effect>> write(SqlConnection connection) {
            return connection
                    .preparedQuery("INSERT INTO customers (id, external_id, email, full_name)"
                            + " VALUES ($1, $2, $3, $4) RETURNING id, version")
                    .execute(Tuple.of(id, externalId, email, fullName))
                    .map(rows -> Effect.of(Effect.Op.UPSERT, CUSTOMERS, rows));
        }

        @Override
        public void learn(WorkingSet known, List<Effect> effects) {
            known.put(new Customer(id, effects.get(0).version(), false));
        }
    }

    record EmailChanged(Customer customer, String email) implements CustomerChange {
        @Override
        public Operation operation() {
            return Operation.EMAIL_CHANGED;
        }

        @Override
        public List<Effect> expected() {
            return List.of(Effect.upsert(CUSTOMERS, customer.id, customer.version + 1));
        }

        @Override
        public Uni<List<Effect>> write(SqlConnection connection) {
            return connection
                    .preparedQuery("UPDATE customers SET email = $2 WHERE id = $1 RETURNING id, version")
                    .execute(Tuple.of(customer.id, email))
                    .map(rows -> Effect.of(Effect.Op.UPSERT, CUSTOMERS, rows));
        }

        @Override
        public void learn(WorkingSet known, List<Effect> effects) {
            learnUpdate(known, customer, effects, false);
        }
    }

    record SoftDeleted(Customer customer) implements CustomerChange {
        @Override
        public Operation operation() {
            return Operation.CUSTOMER_SOFT_DELETED;
        }

        @Override
        public List<Effect> expected() {
            return List.of(Effect.upsert(CUSTOMERS, customer.id, customer.version + 1));
        }

        @Override
        public Uni<List<Effect>> write(SqlConnection connection) {
            return connection
                    .preparedQuery("UPDATE customers SET status = 'closed', deleted_at = now() WHERE id = $1"
                            + " RETURNING id, version")
                    .execute(Tuple.of(customer.id))
                    .map(rows -> Effect.of(Effect.Op.UPSERT, CUSTOMERS, rows));
        }

        @Override
        public void learn(WorkingSet known, List<Effect> effects) {
            learnUpdate(known, customer, effects, true);
        }
    }

    /** Takes the customer's orders and their items with it, by cascade. */
    record Deleted(Customer customer) implements CustomerChange {
        @Override
        public Operation operation() {
            return Operation.CUSTOMER_DELETED;
        }

        @Override
        public List<Effect> expected() {
            var effects = new ArrayList<Effect>();
            for (var order : customer.orders.values()) {
                order.items().forEach((id, version) -> effects.add(Effect.delete(ORDER_ITEMS, id, version)));
                effects.add(Effect.delete(ORDERS, order.id(), order.version()));
            }
            effects.add(Effect.delete(CUSTOMERS, customer.id, customer.version));
            return effects;
        }

        /** The lock keeps others from adding an order, and the locks on the orders an item, while they are listed. */
        @Override
        public Uni<List<Effect>> write(SqlConnection connection) {
            var key = Tuple.of(customer.id);
            return connection
                    .preparedQuery("SELECT id FROM customers WHERE id = $1 FOR UPDATE")
                    .execute(key)
                    .chain(() -> connection
                            .preparedQuery(
                                    "SELECT id, version FROM orders WHERE customer_id = $1 ORDER BY id FOR UPDATE")
                            .execute(key))
                    .map(rows -> Effect.of(Effect.Op.DELETE, ORDERS, rows))
                    .chain(orders -> connection
                            .preparedQuery(
                                    "SELECT i.id, i.version FROM order_items i JOIN orders o ON o.id = i.order_id"
                                            + " WHERE o.customer_id = $1")
                            .execute(key)
                            .map(rows -> joined(Effect.of(Effect.Op.DELETE, ORDER_ITEMS, rows), orders)))
                    .chain(cascaded -> connection
                            .preparedQuery("DELETE FROM customers WHERE id = $1 RETURNING id, version")
                            .execute(key)
                            .map(rows -> joined(cascaded, Effect.of(Effect.Op.DELETE, CUSTOMERS, rows))));
        }

        @Override
        public void learn(WorkingSet known, List<Effect> effects) {
            known.forgetCustomer(customer.id);
        }
    }

    private static void learnUpdate(WorkingSet known, Customer customer, List<Effect> effects, boolean deleted) {
        if (effects.isEmpty()) {
            known.forgetCustomer(customer.id);
        } else {
            known.put(new Customer(customer.id, effects.get(0).version(), deleted));
        }
    }

    private static List<Effect> joined(List<Effect> first, List<Effect> second) {
        var all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }
}
