package dev.failureaware.cdc.load;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import java.util.List;
import java.util.UUID;
import java.util.stream.StreamSupport;

/**
 * What a transaction does to one row.
 *
 * @param version the row's version afterwards, for a delete the one it had at last
 */
@RegisterForReflection
record Effect(String table, UUID key, Op op, long version) {
    static final String CUSTOMERS = "customers";
    static final String ORDERS = "orders";
    static final String ORDER_ITEMS = "order_items";

    enum Op {
        @JsonProperty("upsert")
        UPSERT,
        @JsonProperty("delete")
        DELETE
    }

    static Effect upsert(String table, UUID key, long version) {
        return new Effect(table, key, Op.UPSERT, version);
    }

    static Effect delete(String table, UUID key, long version) {
        return new Effect(table, key, Op.DELETE, version);
    }

    /** One effect for each row of {@code (id, version)}. */
    static List<Effect> of(Op op, String table, RowSet<Row> rows) {
        return StreamSupport.stream(rows.spliterator(), false)
                .map(row -> new Effect(table, row.getUUID(0), op, row.getLong(1)))
                .toList();
    }
}
