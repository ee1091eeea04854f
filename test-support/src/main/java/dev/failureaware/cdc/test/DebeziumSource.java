package dev.failureaware.cdc.test;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Where an event comes from: its source block and its transaction block.
 *
 * @param previousCommit end of the commit before this transaction; null between a snapshot and the next commit
 * @param order place within the transaction, from 1
 */
record DebeziumSource(
        String prefix,
        String database,
        Long previousCommit,
        Long lsn,
        Long txId,
        Instant committedAt,
        String snapshot,
        int order) {
    static final DebeziumSource FIRST =
            new DebeziumSource("shop", "shop", null, 1000L, 1L, Instant.parse("2026-01-01T00:00:00Z"), null, 1);

    DebeziumSource of(String otherPrefix, String otherDatabase) {
        return new DebeziumSource(otherPrefix, otherDatabase, previousCommit, lsn, txId, committedAt, snapshot, order);
    }

    DebeziumSource at(Long otherCommit, Long rowLsn) {
        return new DebeziumSource(prefix, database, otherCommit, rowLsn, txId, committedAt, snapshot, order);
    }

    DebeziumSource transaction(Long otherTxId, int otherOrder) {
        return new DebeziumSource(prefix, database, previousCommit, lsn, otherTxId, committedAt, snapshot, otherOrder);
    }

    DebeziumSource committedAt(Instant time) {
        return new DebeziumSource(prefix, database, previousCommit, lsn, txId, time, snapshot, order);
    }

    DebeziumSource snapshot(String mark) {
        return new DebeziumSource(prefix, database, previousCommit, lsn, txId, committedAt, mark, order);
    }

    long micros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, committedAt);
    }

    ObjectNode payload(String schema, String table) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("version", "3.7.0.Final")
                .put("connector", "postgresql")
                .put("name", prefix)
                .put("ts_ms", micros() / 1000)
                .put("snapshot", snapshot)
                .put("db", database)
                .put("sequence", "[" + quoted(previousCommit) + "," + quoted(lsn) + "]")
                .put("ts_us", micros())
                .put("ts_ns", micros() * 1000)
                .put("schema", schema)
                .put("table", table)
                .put("txId", txId)
                .put("lsn", lsn)
                .putNull("xmin")
                .putNull("origin")
                .putNull("origin_lsn");
    }

    ObjectNode transactionPayload() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("id", txId + ":" + lsn)
                .put("total_order", (long) order)
                .put("data_collection_order", (long) order);
    }

    private static String quoted(Long number) {
        return number == null ? "null" : "\"" + number + "\"";
    }
}
