package dev.failureaware.cdc.test;

import static dev.failureaware.cdc.test.DebeziumType.INT4;
import static dev.failureaware.cdc.test.DebeziumType.INT8;
import static dev.failureaware.cdc.test.DebeziumType.TEXT;
import static dev.failureaware.cdc.test.DebeziumType.TIMESTAMPTZ;
import static dev.failureaware.cdc.test.DebeziumType.UUID;
import static dev.failureaware.cdc.test.DebeziumType.bpchar;
import static dev.failureaware.cdc.test.DebeziumType.numeric;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The tables of the source as Debezium describes them, and a stream of events in commit order.
 *
 * <p>A stream hands out positions as PostgreSQL does: lsns grow from row to row, every event of a transaction carries the
 * end of the commit before it, and that end is null until the first commit after a snapshot. Not thread-safe.
 */
public final class DebeziumEvents {
    /** What Debezium makes of {@code DEFAULT now()}. */
    private static final String NOW = "1970-01-01T00:00:00.000000Z";

    private static final long ROW_BYTES = 200;

    private Long previousCommit;
    private long lsn = 1000;
    private long txId = 700;
    private Instant clock = Instant.parse("2026-01-01T00:00:00Z");

    public static DebeziumTable customers() {
        return DebeziumTable.named("customers")
                .generatedKey("id")
                .notNull("external_id", TEXT)
                .notNull("email", TEXT)
                .notNull("full_name", TEXT)
                .notNull("status", TEXT, "active")
                .notNull("created_at", TIMESTAMPTZ, NOW)
                .notNull("updated_at", TIMESTAMPTZ, NOW)
                .notNull("version", INT8, 1L)
                .nullable("deleted_at", TIMESTAMPTZ);
    }

    public static DebeziumTable orders() {
        return DebeziumTable.named("orders")
                .generatedKey("id")
                .notNull("external_id", TEXT)
                .notNull("customer_id", UUID)
                .notNull("status", TEXT, "pending")
                .notNull("currency", bpchar(3), "EUR")
                .notNull("total", numeric(10, 2), "0.00")
                .notNull("created_at", TIMESTAMPTZ, NOW)
                .notNull("updated_at", TIMESTAMPTZ, NOW)
                .notNull("version", INT8, 1L)
                .nullable("deleted_at", TIMESTAMPTZ);
    }

    public static DebeziumTable orderItems() {
        return DebeziumTable.named("order_items")
                .generatedKey("id")
                .notNull("order_id", UUID)
                .notNull("sku", TEXT)
                .notNull("quantity", INT4)
                .notNull("unit_price", numeric(10, 2))
                .notNull("created_at", TIMESTAMPTZ, NOW)
                .notNull("updated_at", TIMESTAMPTZ, NOW)
                .notNull("version", INT8, 1L);
    }

    /** What a logical message such as the verifier's fence becomes. */
    public static DebeziumMessage message(String prefix, String content) {
        return DebeziumMessage.of(prefix, content);
    }

    /** The events as one committed transaction, in this order. */
    public List<DebeziumEvent> commit(DebeziumEvent... events) {
        txId++;
        clock = clock.plusMillis(10);
        var committed = new ArrayList<DebeziumEvent>();
        for (var event : events) {
            // Both halves of a key's change are one record of the log.
            lsn += event.isArrival() ? 0 : ROW_BYTES;
            committed.add(event.at(previousCommit, lsn)
                    .transaction(txId, committed.size() + 1)
                    .committedAt(clock));
        }
        lsn += ROW_BYTES;
        previousCommit = lsn;
        return committed;
    }

    /**
     * The rows as one snapshot: all with the same lsn and no previous commit, the last one marked. What is committed next
     * has no previous commit either.
     */
    public List<DebeziumEvent> snapshot(DebeziumEvent... rows) {
        clock = clock.plusMillis(10);
        previousCommit = null;
        var read = new ArrayList<DebeziumEvent>();
        for (var row : rows) {
            var mark = read.size() == rows.length - 1 ? "last" : read.isEmpty() ? "first" : "true";
            read.add(row.at(null, lsn).transaction(txId, 1).committedAt(clock).snapshot(mark));
        }
        return read;
    }
}
