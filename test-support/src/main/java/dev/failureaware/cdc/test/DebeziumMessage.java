package dev.failureaware.cdc.test;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.apache.kafka.clients.producer.ProducerRecord;

/** The record of a {@code pg_logical_emit_message(true, prefix, content)}; immutable, with defaults as an event has. */
public final class DebeziumMessage {
    private final String prefix;
    private final String content;
    private final DebeziumSource source;

    private DebeziumMessage(String prefix, String content, DebeziumSource source) {
        this.prefix = prefix;
        this.content = content;
        this.source = source;
    }

    static DebeziumMessage of(String prefix, String content) {
        return new DebeziumMessage(prefix, content, DebeziumSource.FIRST);
    }

    /** Sets {@code source.sequence} to this pair and {@code source.lsn} to the message's lsn. */
    public DebeziumMessage at(Long previousCommit, Long lsn) {
        return new DebeziumMessage(prefix, content, source.at(previousCommit, lsn));
    }

    public DebeziumMessage transaction(Long txId, int order) {
        return new DebeziumMessage(prefix, content, source.transaction(txId, order));
    }

    public String topic() {
        return source.prefix() + ".message";
    }

    public String key() {
        var payload = JsonNodeFactory.instance.objectNode().put("prefix", prefix);
        return DebeziumSchemas.enveloped(DebeziumSchemas.messageKey(), payload);
    }

    public String value() {
        var payload = JsonNodeFactory.instance.objectNode().put("op", "m").put("ts_ms", source.micros() / 1000);
        payload.set("source", source.payload("", ""));
        payload.set("transaction", source.transactionPayload());
        payload.putObject("message")
                .put("prefix", prefix)
                .put("content", Base64.getEncoder().encodeToString(content.getBytes(StandardCharsets.UTF_8)));
        return DebeziumSchemas.enveloped(DebeziumSchemas.message(), payload);
    }

    public ProducerRecord<String, String> record(int partition) {
        return new ProducerRecord<>(topic(), partition, key(), value());
    }
}
