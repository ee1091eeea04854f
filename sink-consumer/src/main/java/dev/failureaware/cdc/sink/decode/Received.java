package dev.failureaware.cdc.sink.decode;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;

/**
 * What the sink keeps of a Kafka record while it waits. Not its headers: they are views of the buffer that the client has read
 * the whole record into, and so keep all of it, which is several times as much.
 *
 * @param keyChanged whether it is one half of a change of a row's key
 * @param traceParent the trace that it belongs to, as W3C's header has it; null where it belongs to none
 */
public record Received(long offset, RecordBytes key, RecordBytes value, boolean keyChanged, String traceParent) {
    /** Headers of the two halves of a change of a row's key: the delete tells the new key, the insert the old one. */
    public static final String NEW_KEY = "__debezium.newkey";

    public static final String OLD_KEY = "__debezium.oldkey";

    private static final String TRACE_PARENT = "traceparent";

    /** Of the objects that stand for a record until it is written, beside its bytes. */
    private static final int BYTES_OF_OBJECTS = 500;

    /** @param record as {@link RecordBytesDeserializer} has read it */
    static Received of(ConsumerRecord<?, ?> record) {
        return new Received(
                record.offset(),
                (RecordBytes) record.key(),
                (RecordBytes) record.value(),
                keyChanged(record.headers()),
                traceParent(record.headers()));
    }

    private static boolean keyChanged(Headers headers) {
        for (var header : headers) {
            if (header.key().equals(NEW_KEY) || header.key().equals(OLD_KEY)) {
                return true;
            }
        }
        return false;
    }

    private static String traceParent(Headers headers) {
        var header = headers.lastHeader(TRACE_PARENT);
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.US_ASCII);
    }

    /** About what it takes of the heap until it is written: its bytes, its values as texts, and the objects of both. */
    public long memory() {
        return 2L * (RecordBytes.unsharedSize(key) + RecordBytes.unsharedSize(value)) + BYTES_OF_OBJECTS;
    }
}
