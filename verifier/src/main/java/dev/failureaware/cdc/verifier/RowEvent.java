package dev.failureaware.cdc.verifier;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * An event of one row, as far as its place tells.
 *
 * @param op c, u, d or r
 * @param lsn the row's position in the source's log; of the snapshot for a row that was read
 * @param micros commit time at the source, since 1970
 * @param arrived Kafka's time
 * @param values of the row after it, of a delete before it, as the event writes them; long ones are cut
 */
record RowEvent(
        TopicPartition partition,
        long offset,
        String op,
        long lsn,
        long micros,
        Instant arrived,
        Map<String, String> values) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Empty for tombstones and for what is no event of a row. */
    static Optional<RowEvent> of(ConsumerRecord<byte[], byte[]> record) {
        return payload(record).map(payload -> {
            var source = payload.path("source");
            return new RowEvent(
                    new TopicPartition(record.topic(), record.partition()),
                    record.offset(),
                    payload.path("op").asText(),
                    source.path("lsn").asLong(),
                    source.has("ts_us")
                            ? source.path("ts_us").asLong()
                            : source.path("ts_ms").asLong() * 1000,
                    Instant.ofEpochMilli(record.timestamp()),
                    values(payload.path(payload.path("op").asText().equals("d") ? "before" : "after")));
        });
    }

    private static Map<String, String> values(JsonNode row) {
        var values = new LinkedHashMap<String, String>();
        row.fields().forEachRemaining(field -> {
            var value = field.getValue();
            values.put(
                    field.getKey(),
                    value.isNull()
                            ? null
                            : DifferenceText.cut(value.isValueNode() ? value.asText() : value.toString()));
        });
        return values;
    }

    private static Optional<JsonNode> payload(ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null) {
            return Optional.empty();
        }
        try {
            var root = JSON.readTree(record.value());
            var payload = root.has("payload") && root.has("schema") ? root.get("payload") : root;
            return payload.path("op").asText().matches("[cudr]") ? Optional.of(payload) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    boolean isDelete() {
        return op.equals("d");
    }
}
