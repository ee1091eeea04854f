package dev.failureaware.cdc.sink.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.failureaware.cdc.model.TableId;
import dev.failureaware.cdc.sink.decode.Decoded;
import dev.failureaware.cdc.sink.decode.Operation;
import dev.failureaware.cdc.sink.decode.Received;
import dev.failureaware.cdc.sink.decode.RecordBytes;
import dev.failureaware.cdc.sink.decode.RecordKey;
import dev.failureaware.cdc.sink.decode.Source;
import dev.failureaware.cdc.sink.decode.TableShape;
import dev.failureaware.cdc.sink.plan.KeyOrder.Key;
import dev.failureaware.cdc.sink.plan.KeyOrder.Ordered;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class KeyOrderTest {
    private static final TopicPartition P0 = new TopicPartition("shop.public.t", 0);
    private static final TopicPartition P1 = new TopicPartition("shop.public.t", 1);
    private static final TableShape SHAPE = new TableShape(TableId.parse("public.t"), List.of(), List.of("id"));

    private final List<Decoded> batch = new ArrayList<>();

    private static byte[] keyOf(String id) {
        return ("{\"schema\":{},\"payload\":{\"id\":" + id + "}}").getBytes(StandardCharsets.UTF_8);
    }

    private static Key key(TopicPartition partition, String id) {
        return new Key(partition, RecordKey.text(keyOf(id)));
    }

    private void change(TopicPartition partition, long offset, String id, Source.Snapshot snapshot) {
        batch.add(new Decoded.Upsert(
                partition,
                offset,
                SHAPE,
                Operation.UPDATE,
                List.of(id),
                List.of(),
                new Source(offset, 1L, 0, snapshot)));
    }

    private void change(TopicPartition partition, long offset, String id) {
        change(partition, offset, id, Source.Snapshot.NONE);
    }

    private void unreadable(TopicPartition partition, long offset, String id) {
        batch.add(new Decoded.Undecodable(
                partition, offset, keyOf(id), new byte[0], RecordKey.text(keyOf(id)), "bad JSON"));
    }

    private Ordered order(Map<Key, Long> unresolved, boolean park) {
        return KeyOrder.order(
                batch,
                unresolved,
                event -> new Received(
                        event.offset(),
                        RecordBytes.uncut(
                                keyOf(((Decoded.RowChange) event).key().get(0))),
                        RecordBytes.uncut(new byte[0]),
                        false,
                        null),
                park);
    }

    private static List<Long> parked(Ordered ordered) {
        return ordered.events().stream()
                .filter(Decoded.Parked.class::isInstance)
                .map(Decoded::offset)
                .toList();
    }

    @Test
    void laterChangesOfTheKeyGoBehindAndOthersPass() {
        change(P0, 1, "7");
        unreadable(P0, 2, "7");
        change(P0, 3, "7");
        change(P0, 4, "8");
        change(P1, 3, "7");

        assertThat(parked(order(Map.of(), true))).containsExactly(2L, 3L);
    }

    @Test
    void whatIsParkedInTheDatabaseCountsFromItsOffsetOn() {
        change(P0, 3, "7");
        change(P0, 5, "7");
        change(P0, 9, "7");

        var ordered = order(Map.of(key(P0, "7"), 5L), true);

        assertThat(parked(ordered)).containsExactly(5L, 9L);
        assertThat(ordered.behind()).containsExactly(key(P0, "7"));
    }

    @Test
    void aSnapshotRowTakesThePlaceOfWhatIsParked() {
        change(P0, 8, "7");
        change(P0, 9, "7", Source.Snapshot.PART);
        change(P0, 10, "7");

        var ordered = order(Map.of(key(P0, "7"), 5L), true);

        assertThat(parked(ordered)).containsExactly(8L);
        assertThat(ordered.superseded()).containsExactly(Map.entry(key(P0, "7"), 9L));
    }

    @Test
    void byTheOtherSettingThePartitionWaitsFromTheFirstSuchChangeOn() {
        change(P0, 6, "8");
        change(P0, 7, "7");
        change(P0, 8, "8");
        change(P1, 8, "7");

        var ordered = order(Map.of(key(P0, "7"), 5L), false);

        assertThat(ordered.events()).extracting(Decoded::offset).containsExactly(6L, 8L);
        assertThat(ordered.waiting().get(P0).key()).isEqualTo(key(P0, "7"));
    }

    @Test
    void aKeyIsTheSameWhateverItsSchemaPartAndOrderOfFields() {
        assertThat(RecordKey.text("{\"b\":2,\"a\":\"x\"}".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(RecordKey.text(
                        "{\"schema\":{\"v\":2},\"payload\":{\"a\":\"x\",\"b\":2}}".getBytes(StandardCharsets.UTF_8)));
        assertThat(RecordKey.text(null)).isNull();
        assertThat(RecordKey.text("{broken".getBytes(StandardCharsets.UTF_8)))
                .isNotEqualTo(RecordKey.text("{broken2".getBytes(StandardCharsets.UTF_8)));
        assertThat(RecordKey.text(("\"" + "x".repeat(1_000_000) + "\"").getBytes(StandardCharsets.UTF_8)))
                .hasSizeLessThan(100);
    }
}
