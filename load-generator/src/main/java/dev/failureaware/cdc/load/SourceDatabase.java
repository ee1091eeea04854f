package dev.failureaware.cdc.load;

import dev.failureaware.cdc.load.WorkingSet.Customer;
import dev.failureaware.cdc.load.WorkingSet.Order;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;

/** The source, as the application sees it. Calls block their thread, and none longer than the given time per step. */
final class SourceDatabase {
    private final Pool pool;
    private final Duration timeout;

    SourceDatabase(Pool pool, Duration timeout) {
        this.pool = pool;
        this.timeout = timeout;
    }

    /** Writes the change as one transaction. What happens on the way is told by the outcome; nothing is thrown. */
    Outcome commit(Change change) {
        SqlConnection connection;
        try {
            connection = await(pool.getConnection());
        } catch (DatabaseException e) {
            return Outcome.failed(e);
        }
        try {
            var transaction = await(connection.begin());
            var effects = await(change.write(connection));
            // From here on an error no longer means that nothing happened.
            try {
                await(transaction.commit());
                return Outcome.acknowledged(effects);
            } catch (DatabaseException e) {
                return e.saysRolledBack() ? Outcome.failed(e) : Outcome.unknown(effects, e);
            }
        } catch (DatabaseException e) {
            return Outcome.failed(e);
        } finally {
            // Rolls back what is still open and gives the connection back once that is answered; not waited for.
            connection.close().subscribe().with(done -> {}, alreadyBroken -> {});
        }
    }

    /** The highest run number in any external id, 0 when there is none. Reads whole tables: once per start. */
    long lastRun() throws DatabaseException {
        // On a connection of its own: a statement that the pool itself cannot place leaves a timer behind, which fails
        // later.
        return await(pool.withConnection(connection -> connection
                        .query("SELECT greatest("
                                + "(SELECT max(substring(external_id FROM '^L(\\d{1,9})\\.')::bigint) FROM customers),"
                                + "(SELECT max(substring(external_id FROM '^L(\\d{1,9})\\.')::bigint) FROM orders), 0)")
                        .execute()))
                .iterator()
                .next()
                .getLong(0);
    }

    /** The newest customers that the writer owns, with their orders and items, in an order that only the rows decide. */
    WorkingSet workingSet(int maxCustomers, Predicate<UUID> owned) throws DatabaseException {
        var known = new WorkingSet(maxCustomers);
        var customers = await(pool.withConnection(connection -> connection
                .preparedQuery("SELECT id, version, deleted_at IS NOT NULL FROM"
                        + " (SELECT id, version, deleted_at, created_at FROM customers"
                        + "  ORDER BY created_at DESC, id LIMIT $1) AS newest ORDER BY created_at, id")
                .execute(Tuple.of(maxCustomers))));
        for (var row : customers) {
            if (owned.test(row.getUUID(0))) {
                known.put(new Customer(row.getUUID(0), row.getLong(1), row.getBoolean(2)));
            }
        }
        var items = items(maxCustomers);
        var orders =
                await(pool.preparedQuery("SELECT id, customer_id, status, version, deleted_at IS NOT NULL FROM orders"
                                + " WHERE customer_id IN (SELECT id FROM customers ORDER BY created_at DESC, id LIMIT $1)"
                                + " ORDER BY created_at, id")
                        .execute(Tuple.of(maxCustomers)));
        for (var row : orders) {
            known.put(new Order(
                    row.getUUID(0),
                    row.getUUID(1),
                    OrderStatus.of(row.getString(2)),
                    row.getLong(3),
                    row.getBoolean(4),
                    items.getOrDefault(row.getUUID(0), Map.of())));
        }
        return known;
    }

    private Map<UUID, Map<UUID, Long>> items(int maxCustomers) throws DatabaseException {
        var rows = await(pool.preparedQuery("SELECT i.order_id, i.id, i.version FROM order_items i"
                        + " JOIN orders o ON o.id = i.order_id"
                        + " WHERE o.customer_id IN (SELECT id FROM customers ORDER BY created_at DESC, id LIMIT $1)"
                        + " ORDER BY i.created_at, i.id")
                .execute(Tuple.of(maxCustomers)));
        var items = new HashMap<UUID, Map<UUID, Long>>();
        for (var row : rows) {
            items.computeIfAbsent(row.getUUID(0), order -> new LinkedHashMap<>())
                    .put(row.getUUID(1), row.getLong(2));
        }
        return items;
    }

    /** The driver fails with many unrelated types (refusal, closed connection, full pool, time out): one meaning here. */
    private <T> T await(Uni<T> answer) throws DatabaseException {
        var result = answer.map(item -> new Answer<>(item, null))
                .ifNoItem()
                .after(timeout)
                .fail()
                .onFailure()
                .recoverWithItem(failure -> new Answer<>(null, failure))
                .await()
                .indefinitely();
        if (result.failure != null) {
            throw new DatabaseException(result.failure);
        }
        return result.item;
    }

    private record Answer<T>(T item, Throwable failure) {}
}
