package dev.failureaware.cdc.chaos;

import dev.failureaware.cdc.chaos.platform.CallFailedException;
import dev.failureaware.cdc.chaos.platform.Time;
import dev.failureaware.cdc.model.Identifiers;
import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlClient;
import io.vertx.mutiny.sqlclient.Tuple;
import io.vertx.pgclient.PgException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/**
 * What faults write at the source, under load.
 *
 * <p>Rows are written as the application would, schema changes as the tables' owner. Where a writer is in the way, a statement
 * gives up soon and is repeated, so that the load is never held up for long.
 */
final class SourceDatabase {
    /** lock_not_available, deadlock_detected, serialization_failure: harmless to repeat. */
    private static final Set<String> REPEATABLE = Set.of("55P03", "40P01", "40001");

    private static final String LOCK_TIMEOUT = "SET LOCAL lock_timeout = '300ms'";

    private final Pool owner;
    private final Pool loader;
    private final Time time;
    private final Duration statementLimit;
    private final Duration stepLimit;

    /**
     * @param statementLimit of one transaction
     * @param stepLimit of all repetitions of one transaction
     */
    SourceDatabase(Pool owner, Pool loader, Time time, Duration statementLimit, Duration stepLimit) {
        this.owner = owner;
        this.loader = loader;
        this.time = time;
        this.statementLimit = statementLimit;
        this.stepLimit = stepLimit;
    }

    String version() throws CallFailedException, InterruptedException {
        return inTransaction(owner, tx -> rows(tx, "SHOW server_version"))
                .iterator()
                .next()
                .getString(0);
    }

    /** Process that sends the slot's stream; another one after the connector's task began anew. */
    OptionalLong slotReader(String slot) throws CallFailedException, InterruptedException {
        var found = inTransaction(
                owner, tx -> rows(tx, "SELECT active_pid FROM pg_replication_slots WHERE slot_name = $1", slot));
        for (var row : found) {
            if (row.getInteger(0) != null) {
                return OptionalLong.of(row.getInteger(0));
            }
        }
        return OptionalLong.empty();
    }

    /** {@code wanted}, or with _2, _3 … behind it when {@code customers} has such a column already. */
    String freeColumn(String wanted) throws CallFailedException, InterruptedException {
        var taken = columns();
        var name = wanted;
        for (var n = 2; taken.contains(name); n++) {
            name = wanted + "_" + n;
        }
        return name;
    }

    void addColumn(String column) throws CallFailedException, InterruptedException {
        var ddl = "ALTER TABLE public.customers ADD COLUMN %s VARCHAR(20) DEFAULT 'standard'"
                .formatted(Identifiers.quote(column));
        inTransaction(owner, tx -> rows(tx, LOCK_TIMEOUT).chain(() -> rows(tx, ddl)));
    }

    Set<String> columns() throws CallFailedException, InterruptedException {
        var columns = keys(
                inTransaction(
                        owner,
                        tx -> rows(
                                tx,
                                "SELECT attname::text FROM pg_attribute"
                                        + " WHERE attrelid = 'public.customers'::regclass AND attnum > 0 AND NOT attisdropped")));
        return Set.copyOf(columns);
    }

    /** Gives old rows another value than the new column's default; null is one. @return the rows' ids */
    List<String> updateOldCustomers(String column, String value, int skip, int rows)
            throws CallFailedException, InterruptedException {
        var sql = "UPDATE public.customers SET %s = $1 WHERE id IN (SELECT id FROM public.customers"
                        .formatted(Identifiers.quote(column))
                + " WHERE deleted_at IS NULL ORDER BY created_at, id OFFSET $2 LIMIT $3) RETURNING id::text";
        return keys(inTransaction(loader, tx -> rows(tx, sql, value, skip, rows)));
    }

    /** @param tag makes the row's unique values unique @return the row's id */
    String insertCustomer(String tag, String column, String value) throws CallFailedException, InterruptedException {
        var sql =
                "INSERT INTO public.customers (external_id, email, full_name, %s)".formatted(Identifiers.quote(column))
                        + " VALUES ('SCHEMA-' || $1, 'schema.' || $1 || '@example.com', 'New column ' || $1, $2) RETURNING id::text";
        return keys(inTransaction(loader, tx -> rows(tx, sql, tag, value))).get(0);
    }

    /** Leaves the new column to its default. */
    String insertCustomer(String tag) throws CallFailedException, InterruptedException {
        var sql = "INSERT INTO public.customers (external_id, email, full_name)"
                + " VALUES ('SCHEMA-' || $1, 'schema.' || $1 || '@example.com', 'New column ' || $1) RETURNING id::text";
        return keys(inTransaction(loader, tx -> rows(tx, sql, tag))).get(0);
    }

    /** The oldest rows are taken: they are the ones that the sink has. @return the rows' ids */
    List<String> renameCustomers(String name, int rows) throws CallFailedException, InterruptedException {
        var sql = "UPDATE public.customers SET full_name = $1 WHERE id IN (SELECT id FROM public.customers"
                + " WHERE deleted_at IS NULL ORDER BY created_at, id LIMIT $2 FOR UPDATE SKIP LOCKED) RETURNING id::text";
        return keys(inTransaction(loader, tx -> rows(tx, sql, name, rows)));
    }

    /** Their items go with them. */
    DeletedOrders deleteOrders(int rows) throws CallFailedException, InterruptedException {
        var choose = "SELECT id FROM public.orders o"
                + " WHERE EXISTS (SELECT FROM public.order_items i WHERE i.order_id = o.id)"
                + " ORDER BY created_at, id LIMIT $1 FOR UPDATE SKIP LOCKED";
        return inTransaction(
                loader,
                tx -> rows(tx, choose, rows)
                        .map(SourceDatabase::uuids)
                        .chain(ids -> rows(
                                        tx, "SELECT count(*) FROM public.order_items WHERE order_id = ANY($1)", (Object)
                                                ids)
                                .map(count -> count.iterator().next().getLong(0))
                                .chain(items -> rows(
                                                tx,
                                                "DELETE FROM public.orders WHERE id = ANY($1) RETURNING id::text",
                                                (Object) ids)
                                        .map(deleted -> new DeletedOrders(keys(deleted), items)))));
    }

    record DeletedOrders(List<String> orders, long items) {}

    /** A customer that has orders, which go with it. @return its id; empty when there is none */
    List<String> deleteCustomer() throws CallFailedException, InterruptedException {
        var sql = "DELETE FROM public.customers WHERE id = (SELECT id FROM public.customers c"
                + " WHERE EXISTS (SELECT FROM public.orders o WHERE o.customer_id = c.id)"
                + " ORDER BY created_at, id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id::text";
        return keys(inTransaction(loader, tx -> rows(tx, sql)));
    }

    /**
     * Customers with two orders of two items each, all of a year ago, in one transaction.
     *
     * @param first number of the first customer, for names that are unique together with {@code tag}
     */
    Backfilled backfill(String tag, int first, int customers) throws CallFailedException, InterruptedException {
        var insertCustomers = "INSERT INTO public.customers (external_id, email, full_name, created_at)"
                + " SELECT format('BACKFILL-%s-%s', $1::text, n), format('backfill.%s.%s@example.com', $1::text, n),"
                + " 'Historical customer ' || n, now() - interval '1 year' + n * interval '1 hour'"
                + " FROM generate_series($2::int, $3::int) AS n RETURNING id";
        var insertOrders = "INSERT INTO public.orders (external_id, customer_id, status, total, created_at)"
                + " SELECT format('%s-O%s', c.external_id, n), c.id, 'delivered', 39.80,"
                + " c.created_at + n * interval '1 day'"
                + " FROM public.customers c, generate_series(1, 2) AS n WHERE c.id = ANY($1) RETURNING id";
        var insertItems = "INSERT INTO public.order_items (order_id, sku, quantity, unit_price, created_at)"
                + " SELECT o.id, 'OLD-' || n, n, 9.95 * n, o.created_at"
                + " FROM public.orders o, generate_series(1, 2) AS n WHERE o.id = ANY($1) RETURNING id";
        return inTransaction(
                loader,
                tx -> rows(tx, insertCustomers, tag, first, first + customers - 1)
                        .map(SourceDatabase::uuids)
                        .chain(customerIds -> rows(tx, insertOrders, (Object) customerIds)
                                .map(SourceDatabase::uuids)
                                .chain(orderIds -> rows(tx, insertItems, (Object) orderIds)
                                        .map(items -> new Backfilled(
                                                Arrays.stream(customerIds)
                                                        .map(UUID::toString)
                                                        .toList(),
                                                orderIds.length,
                                                items.size())))));
    }

    record Backfilled(List<String> customers, int orders, int items) {}

    private <T> T inTransaction(Pool pool, Function<SqlClient, Uni<T>> work)
            throws CallFailedException, InterruptedException {
        var deadline = time.now().plus(stepLimit);
        while (true) {
            try {
                return pool.withTransaction(work::apply).await().atMost(statementLimit);
            } catch (PgException e) {
                if (!REPEATABLE.contains(e.getSqlState()) || !time.now().isBefore(deadline)) {
                    throw new CallFailedException("source: " + e.getMessage(), e);
                }
            } catch (TimeoutException e) {
                throw new CallFailedException("source: no answer within " + statementLimit.toMillis() + " ms", e);
            } catch (RuntimeException e) {
                // The client reports lost connections and interrupted waits as unchecked exceptions of several kinds.
                if (Thread.interrupted()) {
                    throw new InterruptedException("while the source was asked");
                }
                throw new CallFailedException("source: " + e.getMessage(), e);
            }
            time.pause(time.interval());
        }
    }

    private static Uni<RowSet<Row>> rows(SqlClient tx, String sql, Object... parameters) {
        return parameters.length == 0
                ? tx.query(sql).execute()
                : tx.preparedQuery(sql).execute(Tuple.from(Arrays.asList(parameters)));
    }

    private static List<String> keys(RowSet<Row> rows) {
        var keys = new ArrayList<String>();
        rows.forEach(row -> keys.add(row.getString(0)));
        return keys;
    }

    private static UUID[] uuids(RowSet<Row> rows) {
        var ids = new ArrayList<UUID>();
        rows.forEach(row -> ids.add(row.getUUID(0)));
        return ids.toArray(UUID[]::new);
    }
}
