package dev.failureaware.cdc.sink.decode;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.failureaware.cdc.model.TableId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What looks like the event before it is cut in place of being parsed, and gives the same. */
class SchemalessEventsTest {
    private static final TopicPartition PARTITION = new TopicPartition("shop.public.t", 0);
    private static final String KEY = "{\"id\":7}";
    private static final String EVENT =
            "{\"before\":null,\"after\":{\"id\":7,\"at\":1764193000123456,\"t\":\"plain\",\"n\":\"12.30\"},\"source\":"
                    + "{\"version\":\"3.7.0.Final\",\"ts_ms\":1764193000123,\"snapshot\":\"false\",\"sequence\":\"[\\\"100\\\",\\\"120\\\"]\","
                    + "\"ts_us\":1764193000123456,\"schema\":\"public\",\"table\":\"t\",\"txId\":750,\"lsn\":120},"
                    + "\"op\":\"c\",\"ts_ms\":1764193000200}";

    private int asked;
    private boolean missing;

    private List<ColumnShape> columns(TableId table) {
        asked++;
        return missing
                ? List.of()
                : List.of(
                        column("id", "int4", ValueForm.PLAIN),
                        column("at", "timestamp", ValueForm.TIMESTAMP_MICROS),
                        column("t", "text", ValueForm.PLAIN),
                        column("n", "numeric", ValueForm.DECIMAL_TEXT),
                        column("more", "text", ValueForm.PLAIN));
    }

    private static ColumnShape column(String name, String type, TextForm form) {
        return new ColumnShape(name, SourceType.of(type), true, null, form);
    }

    private EventDecoder decoder() {
        return new EventDecoder(new ObjectMapper(), this::columns);
    }

    private static Decoded decode(EventDecoder decoder, String key, String event) {
        return decoder.decode(
                PARTITION, 3, key == null ? null : bytes(key), event == null ? null : bytes(event), false);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** @param change of the event (or, behind a dash, of its key) that comes second: a text, an arrow, and what takes its place */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "\"c\" => \"u\"",
                "\"c\" => \"r\"",
                "\"c\" => \"x\"",
                "\"c\" => \"t\"",
                "120 => 121",
                "plain => other",
                "plain => größer",
                "plain => a\\\"b",
                "plain => __debezium_unavailable_value",
                "\"plain\" => null",
                "12.30 => NAN",
                "\"id\":7 => \"id\":8",
                "\"t\":\"plain\" => \"more\":\"plain\"",
                ",\"t\":\"plain\" => ",
                "\"table\":\"t\" => \"table\":\"other\"",
                "\"schema\":\"public\" => \"schema\":\"other\"",
                "{\"id\":7,\"at\" => {\"at\":1,\"id\":7,\"x\"",
                "\"after\":{\"id\":7,\"at\":1764193000123456,\"t\":\"plain\",\"n\":\"12.30\"} => \"after\":null",
                "} => ",
                "- {\"id\":7} => {\"id\":8}",
                "- {\"id\":7} => {\"t\":\"plain\"}",
                "- {\"id\":7} => {\"id\":7,\"t\":\"plain\"}",
                "- {\"id\":7} => {\"schema\":{},\"payload\":{\"id\":7}}",
                "- {\"id\":7} => no json",
                "- {\"id\":7} => {}"
            })
    void whatComesAfterAnotherIsReadAsIfItWereTheFirst(String change) {
        var ofKey = change.startsWith("- ");
        var parts = change.substring(ofKey ? 2 : 0).split(" => ?", 2);
        var key = ofKey ? KEY.replace(parts[0], parts[1]) : KEY;
        var event = ofKey ? EVENT : EVENT.replace(parts[0], parts[1]);
        assertThat(ofKey ? key : event).isNotEqualTo(ofKey ? KEY : EVENT);
        var decoder = decoder();
        decode(decoder, KEY, EVENT);

        assertThat(decode(decoder, key, event)).usingRecursiveComparison().isEqualTo(decode(decoder(), key, event));
    }

    /** Changes of different shapes are written one shape after the other, so a row's delete and its return would change places. */
    @Test
    void aDeleteHasTheShapeOfItsTablesRows() {
        var row = "{\"id\":7,\"at\":1764193000123456,\"t\":\"plain\",\"n\":\"12.30\"}";
        var deleted = EVENT.replace("\"before\":null", "\"before\":" + row)
                .replace("\"after\":" + row, "\"after\":null")
                .replace("\"op\":\"c\"", "\"op\":\"d\"");

        var delete = (Decoded.Delete) decode(decoder(), KEY, deleted);

        assertThat(delete.shape()).isEqualTo(((Decoded.Upsert) decode(decoder(), KEY, EVENT)).shape());
    }

    @Test
    void itIsReallyCut() {
        var decoder = decoder();
        var first = (Decoded.Upsert) decode(decoder, KEY, EVENT);

        var second = (Decoded.Upsert) decode(decoder, KEY.replace("7", "8"), EVENT.replace("\"id\":7", "\"id\":8"));

        assertThat(second.shape()).isSameAs(first.shape());
        assertThat(second.key()).containsExactly("8");
        assertThat(second.values()).containsExactly("8", first.values().get(1), "plain", "12.30");
        assertThat(asked).as("the sink's columns are asked for once").isEqualTo(1);
    }

    @Test
    void aTableThatTheSinkGetsMeanwhileIsReadByItsTypes() {
        var decoder = decoder();
        missing = true;
        decode(decoder, KEY, EVENT);
        missing = false;

        assertThat(decode(decoder, KEY, EVENT)).isEqualTo(decode(decoder(), KEY, EVENT));
    }

    @Test
    void withoutAKeyOrAValueNothingIsCut() {
        var decoder = decoder();
        decode(decoder, KEY, EVENT);

        assertThat(decode(decoder, null, EVENT)).isEqualTo(decode(decoder(), null, EVENT));
        assertThat(decode(decoder, KEY, null)).isInstanceOf(Decoded.Tombstone.class);
    }
}
