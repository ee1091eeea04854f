package dev.failureaware.cdc.test;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every record of a recording is built again and must be the same JSON. Recorded with Debezium 3.7.0 and the JsonConverter
 * of Kafka 4.3.1 on PostgreSQL 18, from this project's source tables and a table of many types.
 */
class DebeziumEventsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    static Stream<JsonNode> recordedRows() throws IOException {
        return recorded(false);
    }

    static Stream<JsonNode> recordedMessages() throws IOException {
        return recorded(true);
    }

    private static boolean isMessage(JsonNode recorded) {
        return recorded.get("topic").asText().equals("shop.message");
    }

    private static Stream<JsonNode> recorded(boolean messages) throws IOException {
        try (var lines = new BufferedReader(new InputStreamReader(
                DebeziumEventsTest.class.getResourceAsStream("recorded-events.ndjson"), StandardCharsets.UTF_8))) {
            return lines
                    .lines()
                    .map(DebeziumEventsTest::parse)
                    .filter(record -> isMessage(record) == messages)
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("recordedRows")
    void buildsWhatDebeziumSends(JsonNode recorded) {
        var event = rebuild(recorded);

        assertThat(event.topic()).isEqualTo(recorded.get("topic").asText());
        assertThat(parse(event.key())).isEqualTo(recorded.get("key"));
        assertThat(withoutProcessingTime(parse(event.value()))).isEqualTo(withoutProcessingTime(recorded.get("value")));
    }

    @ParameterizedTest
    @MethodSource("recordedMessages")
    void buildsTheMessagesThatDebeziumSends(JsonNode recorded) {
        var source = recorded.at("/value/payload/source");
        var message = DebeziumEvents.message("cdc-fence", "x")
                .at(29131984L, source.get("lsn").asLong())
                .transaction(source.get("txId").asLong(), 1);

        assertThat(message.topic()).isEqualTo(recorded.get("topic").asText());
        assertThat(parse(message.key())).isEqualTo(recorded.get("key"));
        assertThat(withoutSourceTime(parse(message.value()))).isEqualTo(withoutSourceTime(recorded.get("value")));
    }

    @Test
    void aTransactionCarriesTheEndOfTheCommitBeforeIt() {
        var stream = new DebeziumEvents();
        var row = Map.of("id", "1", "order_id", "2");

        stream.snapshot(DebeziumEvents.orderItems().snapshotRow(row));
        var first = stream.commit(DebeziumEvents.orderItems().insert(row));
        var second = stream.commit(
                DebeziumEvents.orderItems().update(row),
                DebeziumEvents.orderItems().delete(row));

        assertThat(sequence(first.get(0))).startsWith("[null,");
        assertThat(sequence(second.get(0))).isEqualTo("[\"1400\",\"1600\"]");
        assertThat(sequence(second.get(1))).isEqualTo("[\"1400\",\"1800\"]");
    }

    private static String sequence(DebeziumEvent event) {
        return parse(event.value()).at("/payload/source/sequence").asText();
    }

    private static DebeziumEvent rebuild(JsonNode recorded) {
        var table = table(recorded);
        var key = JSON.convertValue(recorded.at("/key/payload"), Map.class);
        var value = recorded.get("value");
        if (value.isNull()) {
            return table.tombstone(key);
        }
        var after = JSON.convertValue(value.at("/payload/after"), Map.class);
        var event = switch (value.at("/payload/op").asText()) {
            case "c" -> table.insert(after);
            case "u" -> table.update(after);
            case "r" -> table.snapshotRow(after);
            case "d" -> table.delete(key);
            default -> table.truncate();
        };
        var source = value.at("/payload/source");
        var previousCommit = parse(source.get("sequence").asText()).get(0);
        return event.at(
                        previousCommit.isNull() ? null : Long.valueOf(previousCommit.asText()),
                        source.get("lsn").asLong())
                .transaction(
                        source.get("txId").asLong(),
                        value.at("/payload/transaction/total_order").asInt())
                .committedAt(Instant.EPOCH.plus(source.get("ts_us").asLong(), ChronoUnit.MICROS))
                .snapshot(source.get("snapshot").textValue());
    }

    private static DebeziumTable table(JsonNode recorded) {
        var columns = recorded.at("/value/schema/fields/0/fields").size();
        return switch (recorded.get("topic").asText()) {
            case "shop.public.customers" ->
                columns <= 9
                        ? DebeziumEvents.customers()
                        : DebeziumEvents.customers()
                                .nullable("tier", DebeziumType.varchar(20), "standard")
                                .nullable("t2", DebeziumType.varchar(20));
            case "shop.public.orders" -> DebeziumEvents.orders();
            case "shop.public.order_items" -> DebeziumEvents.orderItems();
            case "shop.public.composite" ->
                DebeziumTable.named("composite")
                        .key("a", DebeziumType.INT4)
                        .key("b", DebeziumType.TEXT)
                        .nullable("c", DebeziumType.TEXT);
            case "shop.public.keyless" ->
                DebeziumTable.named("keyless").nullable("a", DebeziumType.INT4).nullable("b", DebeziumType.TEXT);
            default -> kinds();
        };
    }

    private static DebeziumTable kinds() {
        return DebeziumTable.named("kinds")
                .key("id", DebeziumType.INT8)
                .nullable("si", DebeziumType.INT2)
                .notNull("i", DebeziumType.INT4, 7)
                .nullable("bo", DebeziumType.BOOL, true)
                .nullable("re", DebeziumType.FLOAT4)
                .nullable("dp", DebeziumType.FLOAT8)
                .nullable("vc", DebeziumType.varchar(20), "standard")
                .nullable("ch", DebeziumType.bpchar(3))
                .nullable("tx", DebeziumType.TEXT)
                .nullable("nu", DebeziumType.NUMERIC)
                .nullable("n2", DebeziumType.numeric(10, 2), "1.50")
                .nullable("da", DebeziumType.DATE)
                .nullable("ti", DebeziumType.TIME)
                .nullable("tz", DebeziumType.TIMETZ)
                .nullable("ts", DebeziumType.TIMESTAMP)
                .nullable("tt", DebeziumType.TIMESTAMPTZ)
                .nullable("iv", DebeziumType.INTERVAL)
                .nullable("jb", DebeziumType.JSONB, "{}")
                .nullable("js", DebeziumType.JSON)
                .nullable("ba", DebeziumType.BYTEA)
                .nullable("uu", DebeziumType.UUID)
                .nullable("ia", DebeziumType.arrayOf(DebeziumType.INT4))
                .nullable("ta", DebeziumType.arrayOf(DebeziumType.TEXT))
                .nullable("na", DebeziumType.arrayOf(DebeziumType.numeric(5, 2)))
                .nullable("ip", DebeziumType.INET)
                .nullable("mo", DebeziumType.enumeration("mood", "sad", "ok"))
                .nullable("vn", DebeziumType.VARCHAR);
    }

    /** When the connector handled it, and its count within the transaction and table, are not rebuilt. */
    private static JsonNode withoutProcessingTime(JsonNode value) {
        if (value instanceof ObjectNode object && object.get("payload") instanceof ObjectNode payload) {
            payload.remove(List.of("ts_ms", "ts_us", "ts_ns"));
            if (payload.get("transaction") instanceof ObjectNode transaction) {
                transaction.remove("data_collection_order");
            }
        }
        return value;
    }

    private static JsonNode withoutSourceTime(JsonNode value) {
        ((ObjectNode) value.at("/payload/source")).remove(List.of("ts_ms", "ts_us", "ts_ns"));
        return withoutProcessingTime(value);
    }

    private static JsonNode parse(String json) {
        try {
            return json == null ? JSON.nullNode() : JSON.readTree(json);
        } catch (IOException e) {
            throw new IllegalArgumentException(json, e);
        }
    }
}
