package dev.failureaware.cdc.test;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The parts of a change event's schema that do not depend on the table, and how schema and payload are put together. */
final class DebeziumSchemas {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private DebeziumSchemas() {}

    static ObjectNode envelope(DebeziumTable table, String prefix) {
        var envelope = JSON.objectNode().put("type", "struct");
        var fields = envelope.putArray("fields");
        fields.add(table.rowSchema(prefix, "before"));
        fields.add(table.rowSchema(prefix, "after"));
        fields.add(source());
        fields.add(transaction());
        field(fields, "string", false, "op");
        field(fields, "int64", true, "ts_ms");
        field(fields, "int64", true, "ts_us");
        field(fields, "int64", true, "ts_ns");
        return envelope.put("optional", false)
                .put("name", table.fullName(prefix) + ".Envelope")
                .put("version", 2);
    }

    static ObjectNode messageKey() {
        var key = JSON.objectNode().put("type", "struct");
        field(key.putArray("fields"), "string", true, "prefix");
        return key.put("optional", false)
                .put("name", "io.debezium.connector.postgresql.MessageKey")
                .put("version", 1);
    }

    static ObjectNode message() {
        var value = JSON.objectNode().put("type", "struct");
        var fields = value.putArray("fields");
        field(fields, "string", false, "op");
        field(fields, "int64", true, "ts_ms");
        fields.add(source());
        fields.add(transaction());
        var message = fields.addObject().put("type", "struct");
        var parts = message.putArray("fields");
        field(parts, "string", true, "prefix");
        field(parts, "bytes", true, "content");
        message.put("optional", false)
                .put("name", "io.debezium.connector.postgresql.Message")
                .put("version", 1)
                .put("field", "message");
        return value.put("optional", false)
                .put("name", "io.debezium.connector.postgresql.MessageValue")
                .put("version", 1);
    }

    /** What the JsonConverter writes: schema and payload side by side. */
    static String enveloped(ObjectNode schema, ObjectNode payload) {
        var envelope = JSON.objectNode();
        envelope.set("schema", schema);
        envelope.set("payload", payload);
        try {
            return MAPPER.writeValueAsString(envelope);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ObjectNode source() {
        var source = JSON.objectNode().put("type", "struct");
        var fields = source.putArray("fields");
        field(fields, "string", false, "version");
        field(fields, "string", false, "connector");
        field(fields, "string", false, "name");
        field(fields, "int64", false, "ts_ms");
        var snapshot = fields.addObject()
                .put("type", "string")
                .put("optional", true)
                .put("name", "io.debezium.data.Enum")
                .put("version", 1);
        snapshot.putObject("parameters")
                .put("allowed", "true,first,first_in_data_collection,last_in_data_collection,last,false,incremental");
        snapshot.put("default", "false").put("field", "snapshot");
        field(fields, "string", false, "db");
        field(fields, "string", true, "sequence");
        field(fields, "int64", true, "ts_us");
        field(fields, "int64", true, "ts_ns");
        field(fields, "string", false, "schema");
        field(fields, "string", false, "table");
        field(fields, "int64", true, "txId");
        field(fields, "int64", true, "lsn");
        field(fields, "int64", true, "xmin");
        field(fields, "string", true, "origin");
        field(fields, "int64", true, "origin_lsn");
        return source.put("optional", false)
                .put("name", "io.debezium.connector.postgresql.Source")
                .put("version", 1)
                .put("field", "source");
    }

    private static ObjectNode transaction() {
        var transaction = JSON.objectNode().put("type", "struct");
        var fields = transaction.putArray("fields");
        field(fields, "string", false, "id");
        field(fields, "int64", false, "total_order");
        field(fields, "int64", false, "data_collection_order");
        return transaction
                .put("optional", true)
                .put("name", "event.block")
                .put("version", 1)
                .put("field", "transaction");
    }

    private static void field(ArrayNode fields, String type, boolean optional, String name) {
        fields.addObject().put("type", type).put("optional", optional).put("field", name);
    }
}
