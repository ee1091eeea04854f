package dev.failureaware.cdc.test;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * One Kafka record of Debezium 3.7: key and value as its JsonConverter writes them with {@code schemas.enable=true} and
 * {@code replace.null.with.default=false} (which also makes {@code source.snapshot} of a streamed event null).
 *
 * <p>Immutable; each setter returns another event. Without them it is a streamed event at lsn 1000 in transaction 1 that
 * committed at 2026-01-01T00:00:00Z, the first commit after a snapshot.
 */
public final class DebeziumEvent {
    private final DebeziumTable table;
    private final String op;
    private final Map<String, ?> after;
    private final Map<String, ?> before;
    private final DebeziumSource source;
    /** Name of the header that a half of a key's change carries, or null. */
    private final String keyChange;

    private DebeziumEvent(
            DebeziumTable table,
            String op,
            Map<String, ?> after,
            Map<String, ?> before,
            DebeziumSource source,
            String keyChange) {
        this.table = table;
        this.op = op;
        this.after = after;
        this.before = before;
        this.source = source;
        this.keyChange = keyChange;
    }

    static DebeziumEvent of(DebeziumTable table, String op, Map<String, ?> after, Map<String, ?> before) {
        return new DebeziumEvent(table, op, after, before, DebeziumSource.FIRST, null);
    }

    static DebeziumEvent tombstoneOf(DebeziumTable table, Map<String, ?> key) {
        return of(table, null, null, key);
    }

    private DebeziumEvent with(DebeziumSource other) {
        return new DebeziumEvent(table, op, after, before, other, keyChange);
    }

    /** The first half of a change of the row's key: the delete of the old one, which tells the new one in a header. */
    DebeziumEvent leaves() {
        return new DebeziumEvent(table, op, after, before, source, "__debezium.newkey");
    }

    /** The second half, with the same position; a large value that did not change is {@link DebeziumTable#UNCHANGED}. */
    DebeziumEvent arrives() {
        return new DebeziumEvent(table, op, after, before, source, "__debezium.oldkey");
    }

    boolean isArrival() {
        return "__debezium.oldkey".equals(keyChange);
    }

    /** Sets {@code source.sequence} to this pair and {@code source.lsn} to the row's lsn. */
    public DebeziumEvent at(Long previousCommit, Long rowLsn) {
        return with(source.at(previousCommit, rowLsn));
    }

    public DebeziumEvent transaction(Long txId, int order) {
        return with(source.transaction(txId, order));
    }

    /** Sets {@code source.ts_us}, {@code ts_ms} and {@code ts_ns}; microseconds count. */
    public DebeziumEvent committedAt(Instant time) {
        return with(source.committedAt(time));
    }

    /**
     * @param mark {@code true, first, first_in_data_collection, last_in_data_collection, last, incremental}, or
     *     {@code false} or null for a streamed event
     */
    public DebeziumEvent snapshot(String mark) {
        return with(source.snapshot(mark));
    }

    /** For a connector with another topic prefix and database than {@code shop}. */
    public DebeziumEvent from(String prefix, String database) {
        return with(source.of(prefix, database));
    }

    public String topic() {
        return table.fullName(source.prefix());
    }

    /** Null for TRUNCATE and for tables without a key. */
    public String key() {
        var schema = table.keySchema(source.prefix());
        if (schema == null || "t".equals(op)) {
            return null;
        }
        return DebeziumSchemas.enveloped(schema, table.keyPayload(after != null ? after : before));
    }

    /** Null for a tombstone. */
    public String value() {
        if (op == null) {
            return null;
        }
        var payload = JsonNodeFactory.instance.objectNode();
        payload.set("before", before == null ? null : table.fabricatedPayload(before));
        payload.set("after", after == null ? null : table.rowPayload(after));
        payload.set("source", source.payload(table.schema(), table.name()));
        payload.set("transaction", op.equals("r") ? null : source.transactionPayload());
        payload.put("op", op)
                .put("ts_ms", source.micros() / 1000)
                .put("ts_us", source.micros())
                .put("ts_ns", source.micros() * 1000);
        return DebeziumSchemas.enveloped(DebeziumSchemas.envelope(table, source.prefix()), payload);
    }

    public ProducerRecord<String, String> record(int partition) {
        var record = new ProducerRecord<>(topic(), partition, key(), value());
        if (keyChange != null) {
            record.headers().add(keyChange, "{}".getBytes(StandardCharsets.UTF_8));
        }
        return record;
    }
}
