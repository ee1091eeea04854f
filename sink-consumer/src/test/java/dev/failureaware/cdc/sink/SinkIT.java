package dev.failureaware.cdc.sink;

import static dev.failureaware.cdc.test.DebeziumType.INT8;
import static dev.failureaware.cdc.test.DebeziumType.JSON;
import static dev.failureaware.cdc.test.DebeziumType.TEXT;
import static dev.failureaware.cdc.test.DebeziumType.TIMESTAMPTZ;
import static dev.failureaware.cdc.test.DebeziumType.numeric;
import static dev.failureaware.cdc.test.DebeziumType.varchar;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.failureaware.cdc.test.DebeziumEvent;
import dev.failureaware.cdc.test.DebeziumEvents;
import dev.failureaware.cdc.test.DebeziumTable;
import dev.failureaware.cdc.test.KafkaAndPostgres;
import dev.failureaware.cdc.test.TestDatabase;
import dev.failureaware.cdc.test.TestKafka;
import dev.failureaware.cdc.test.TestPostgres;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The running service between a real broker and a real server; the test plays the connector. */
@QuarkusTest
@WithTestResource(KafkaAndPostgres.class)
class SinkIT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final AtomicInteger TABLES = new AtomicInteger();

    private final TestDatabase sink = TestPostgres.ofDatasource("");
    private final DebeziumEvents stream = new DebeziumEvents();
    private final String name = "t" + TABLES.incrementAndGet();
    private final DebeziumTable table = DebeziumTable.named(name)
            .key("id", INT8)
            .nullable("text", TEXT)
            .nullable("amount", numeric(10, 2))
            .nullable("at", TIMESTAMPTZ)
            .nullable("doc", JSON);

    private KafkaProducer<String, String> connector;

    @BeforeEach
    void startConnector() {
        TestKafka.createTopic(TestKafka.ofApplication(), topic(), 3);
        connector = new KafkaProducer<>(
                Map.of("bootstrap.servers", TestKafka.ofApplication()), new StringSerializer(), new StringSerializer());
    }

    @AfterEach
    void stopConnector() {
        connector.close();
    }

    private String topic() {
        return "shop.public." + name;
    }

    private static Map<String, Object> row(long id, String text) {
        return Map.of("id", id, "text", text);
    }

    /** A row's partition follows from its key, as with the connector's partitioner. */
    private static int partition(long id) {
        return (int) (id % 3);
    }

    private void send(int partition, List<DebeziumEvent> events) {
        events.forEach(event -> send(event.record(partition)));
    }

    private void send(ProducerRecord<String, String> record) {
        try {
            connector.send(record).get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    private void awaitRows(String... idsAndTexts) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(texts()).containsExactlyInAnyOrder(idsAndTexts));
    }

    private List<String> texts() {
        var exists = sink.value("SELECT count(*) FROM pg_class WHERE relname = '" + name + "'");
        return exists.equals(0L)
                ? List.of()
                : sink.query("SELECT id || '=' || coalesce(text, 'NULL') AS row FROM " + name).stream()
                        .map(row -> (String) row.get("row"))
                        .toList();
    }

    private long duplicates() {
        return ((Number) sink.value("SELECT sum(duplicates) FROM _cdc.offsets WHERE topic = '" + topic() + "'"))
                .longValue();
    }

    @Test
    void theTableIsCreatedWithTheTypesOfTheSourceAndRowsKeepTheirValues() {
        send(
                1,
                stream.commit(table.insert(Map.of(
                        "id",
                        1L,
                        "text",
                        "",
                        "amount",
                        "12.30",
                        "at",
                        "2026-01-02T01:04:05.123456Z",
                        "doc",
                        "{\"a\":  1}"))));

        awaitRows("1=");

        assertThat(sink.query("SELECT format_type(atttypid, atttypmod) AS type FROM pg_attribute WHERE attrelid = '"
                        + name + "'::regclass AND attnum > 0 AND attname NOT LIKE '\\_cdc\\_%' ORDER BY attnum"))
                .extracting(column -> column.get("type"))
                .containsExactly("bigint", "text", "numeric(10,2)", "timestamp with time zone", "json");
        assertThat(sink.value(
                        "SELECT amount || '|' || (at AT TIME ZONE 'UTC') || '|' || doc || '|' || _cdc_op FROM " + name))
                .isEqualTo("12.30|2026-01-02 01:04:05.123456|{\"a\":  1}|c");
        assertThat(sink.value(
                        "SELECT _cdc_source_ts IS NOT NULL AND _cdc_received > _cdc_source_ts AND _cdc_lsn > 0 FROM "
                                + name))
                .isEqualTo(true);
    }

    @Test
    void updatesDeletesAndTombstonesLeaveTheLastState() {
        send(1, stream.commit(table.insert(row(1, "a")), table.insert(row(4, "b"))));
        send(1, stream.commit(table.update(row(1, "c"))));
        send(1, stream.commit(table.delete(Map.of("id", 4L))));
        send(table.tombstone(Map.of("id", 4L)).record(1));
        send(1, stream.commit(table.insert(row(7, "last"))));

        awaitRows("1=c", "7=last");
    }

    @Test
    void aReplayedSuffixChangesNothingAndIsCounted() {
        var first = stream.commit(table.insert(row(1, "a")));
        var second = stream.commit(table.update(row(1, "b")));
        var third = stream.commit(table.delete(Map.of("id", 1L)), table.insert(row(4, "x")));
        send(1, first);
        send(1, second);
        send(1, third);
        awaitRows("4=x");

        send(1, second);
        send(1, third);
        send(1, stream.commit(table.insert(row(7, "end"))));

        awaitRows("4=x", "7=end");
        assertThat(duplicates())
                .as("all re-sent events strictly below the last position")
                .isEqualTo(2);
    }

    @Test
    void aTransactionThatCommitsLastIsAppliedThoughItsLsnsAreLower() {
        var slow = table.update(row(1, "slow"));
        send(1, stream.commit(table.insert(row(1, "a"))));
        var fast = stream.commit(table.insert(row(4, "fast")));
        send(1, fast);
        send(slow.at(1_000_000L, 1_100L).transaction(701L, 1).record(1)); // Began first: a low row lsn, a late commit.

        awaitRows("1=slow", "4=fast");
    }

    @Test
    void anAddedColumnGivesOldRowsTheSourcesDefault() {
        send(1, stream.commit(table.insert(row(1, "old")), table.insert(row(4, "old"))));
        awaitRows("1=old", "4=old");

        var altered = DebeziumTable.named(name)
                .key("id", INT8)
                .nullable("text", TEXT)
                .nullable("amount", numeric(10, 2))
                .nullable("at", TIMESTAMPTZ)
                .nullable("doc", JSON)
                .nullable("tier", varchar(20), "it's standard");
        send(1, stream.commit(altered.insert(Map.of("id", 7L, "text", "new", "tier", "gold"))));
        send(1, stream.commit(altered.update(row(4, "old, touched")))); // tier is null here, explicitly.
        awaitRows("1=old", "4=old, touched", "7=new");

        assertThat(sink.query("SELECT tier FROM " + name + " ORDER BY id"))
                .extracting(row -> row.get("tier"))
                .containsExactly("it's standard", null, "gold");
        assertThat(sink.value("SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = '" + name
                        + "'::regclass AND attname = 'tier'"))
                .isEqualTo("character varying(20)");
    }

    @Test
    void aReSnapshotSweepsWhatItDoesNotHoldAndNothingElse() {
        for (long id = 1; id <= 6; id++) {
            send(partition(id), stream.commit(table.insert(row(id, "old"))));
        }
        awaitRows("1=old", "2=old", "3=old", "4=old", "5=old", "6=old");

        // Rows 3 and 6, all of partition 0, were deleted unseen; row 2 changed unseen; the rest is as it was.
        var snapshot = stream.snapshot(
                table.snapshotRow(row(1, "old")),
                table.snapshotRow(row(2, "changed")),
                table.snapshotRow(row(4, "old")),
                table.snapshotRow(row(5, "old")));
        // In flight at the snapshot: it commits first afterwards, with a row lsn below the snapshot's.
        var inFlight = table.insert(row(9, "in flight")).at(null, 1_001L).transaction(702L, 1);
        send(snapshot.get(0).record(1));
        send(snapshot.get(1).record(2));
        send(snapshot.get(2).record(1));
        send(snapshot.get(3).record(2));
        send(inFlight.record(0));
        send(0, stream.commit(table.insert(row(12, "after"))));

        awaitRows("1=old", "2=changed", "4=old", "5=old", "9=in flight", "12=after");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(
                                sink.value("SELECT rows_swept FROM _cdc.snapshots WHERE table_name = '" + name + "'"))
                        .isEqualTo(2L));
        assertThat(duplicates()).as("snapshot rows that the sink held already").isEqualTo(3);

        // Read again from in front of the snapshot: what it swept does not come back, not even where it left no row.
        sink.execute("UPDATE _cdc.offsets SET next_offset = 0 WHERE topic = '" + topic() + "'");
        send(0, stream.commit(table.insert(row(15, "end"))));
        send(1, stream.commit(table.insert(row(16, "end"))));
        send(2, stream.commit(table.insert(row(17, "end"))));
        awaitRows("1=old", "2=changed", "4=old", "5=old", "9=in flight", "12=after", "15=end", "16=end", "17=end");
    }

    @Test
    void aRowInFlightAtASnapshotStaysThoughNothingOfTheSnapshotWasSeenBeforeIt() {
        // Above all snapshots that other tests have left: the newest one seen would protect the row as well.
        var seen = ((Number) sink.value("SELECT coalesce(max(lsn), 0) FROM _cdc.snapshots")).longValue();
        send(table.insert(row(1, "old")).at(seen + 100, seen + 110).record(1));
        send(table.insert(row(4, "phantom")).at(seen + 120, seen + 130).record(1));
        awaitRows("1=old", "4=phantom");

        send(table.insert(row(9, "in flight")).at(null, seen + 140).record(0));
        awaitRows("1=old", "4=phantom", "9=in flight");
        send(table.snapshotRow(row(1, "old"))
                .at(null, seen + 1_000)
                .snapshot("last")
                .record(1));

        awaitRows("1=old", "9=in flight");
    }

    /** Partitions are not read in step, so a snapshot may be known before an event that the connector sent long before it. */
    @Test
    void aRowFromBeforeASnapshotIsSweptThoughTheSnapshotWasSeenBeforeIt() {
        var seen = ((Number) sink.value("SELECT coalesce(max(lsn), 0) FROM _cdc.snapshots")).longValue();
        var taken = Instant.parse("2026-01-01T00:01:00Z");
        Function<Long, DebeziumEvent> snapshotRow =
                id -> table.snapshotRow(row(id, "lives")).at(null, seen + 1_000).committedAt(taken);
        send(snapshotRow.apply(1L).snapshot("true").record(1));
        awaitRows("1=lives");
        // Of the first transaction after an earlier snapshot; deleted unseen.
        send(table.insert(row(3, "phantom")).at(null, seen + 100).record(0));
        awaitRows("1=lives", "3=phantom");
        // In flight at the snapshot, which has a row in front of it: that proves it whatever the source's clock says.
        send(snapshotRow.apply(2L).snapshot("true").record(2));
        awaitRows("1=lives", "2=lives", "3=phantom");
        send(table.insert(row(5, "in flight"))
                .at(null, seen + 200)
                .committedAt(taken.minusSeconds(30))
                .record(2));
        awaitRows("1=lives", "2=lives", "3=phantom", "5=in flight");

        send(snapshotRow.apply(4L).snapshot("last").record(1));
        awaitRows("1=lives", "2=lives", "4=lives", "5=in flight");

        sink.execute("UPDATE _cdc.offsets SET next_offset = 0 WHERE topic = '" + topic() + "'");
        for (var id = 6L; id <= 8; id++) {
            send(table.insert(row(id, "end"))
                    .at(seen + 2_000, seen + 2_000 + id)
                    .committedAt(taken.plusSeconds(1))
                    .record(partition(id)));
        }
        awaitRows("1=lives", "2=lives", "4=lives", "5=in flight", "6=end", "7=end", "8=end");
    }

    @Test
    void theWholeTopicReadAgainLeavesTheSinkUnchanged() {
        send(1, stream.commit(table.insert(row(1, "a"))));
        send(1, stream.commit(table.update(row(1, "b")), table.insert(row(4, "gone"))));
        send(1, stream.commit(table.delete(Map.of("id", 4L))));
        awaitRows("1=b");

        // Somebody moves the stored offset under the running consumer: it is fenced and starts from there.
        sink.execute("UPDATE _cdc.offsets SET next_offset = 0 WHERE topic = '" + topic() + "' AND partition = 1");
        send(1, stream.commit(table.insert(row(7, "end"))));

        awaitRows("1=b", "7=end");
    }

    /** No event has to arrive for it. */
    @Test
    void aStoredOffsetThatSomebodyMovesBackOrDeletesIsReadFromAtOnce() {
        send(1, stream.commit(table.insert(row(1, "a"))));
        send(2, stream.commit(table.insert(row(2, "b"))));
        awaitRows("1=a", "2=b");

        var stored = "_cdc.offsets WHERE topic = '" + topic() + "' AND partition = ";
        sink.execute("DELETE FROM " + name + "; UPDATE _cdc.offsets SET next_offset = 0 WHERE topic = '" + topic()
                + "' AND partition = 1");
        awaitRows("1=a");
        sink.execute("DELETE FROM " + name + "; DELETE FROM " + stored + 2);
        awaitRows("2=b");

        assertThat(sink.value("SELECT next_offset FROM " + stored + 1)).isEqualTo(1L);
    }

    @Test
    void aConsumerThatWasOvertakenWritesNothing() {
        send(1, stream.commit(table.insert(row(1, "a"))));
        awaitRows("1=a");

        // Another consumer has already applied the next record, with another effect: this one must not apply it again.
        sink.execute("BEGIN; UPDATE _cdc.offsets SET next_offset = 2 WHERE topic = '" + topic()
                + "' AND partition = 1; INSERT INTO " + name + " (id, text) VALUES (4, 'by the other'); COMMIT");
        send(1, stream.commit(table.insert(row(4, "by the overtaken"))));
        send(1, stream.commit(table.insert(row(7, "end"))));

        awaitRows("1=a", "4=by the other", "7=end");
    }

    @Test
    void theDatabaseMayGoAwayInTheMiddle() {
        for (long id = 1; id <= 200; id++) {
            send(partition(id), stream.commit(table.insert(row(id, "x"))));
            if (id % 50 == 0) {
                sink.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                        + " AND datname = current_database()");
            }
        }

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(texts()).hasSize(200));
    }

    @Test
    void whatCannotBeReadIsParkedWithItsReasonAndTheRestGoesOn() {
        send(new ProducerRecord<>(topic(), 1, "{\"not\": \"a key\"}", "{\"broken\":"));
        send(new ProducerRecord<>(
                topic(), 1, null, table.truncate().at(1L, 2L).value().replace("\"op\":\"t\"", "\"op\":\"z\"")));
        send(1, stream.commit(table.insert(row(1, "after"))));

        awaitRows("1=after");
        assertThat(sink.query("SELECT \"offset\", reason FROM _cdc.parked WHERE topic = '" + topic() + "' ORDER BY 1"))
                .hasSize(2)
                .last()
                .satisfies(parked -> assertThat((String) parked.get("reason")).contains("op 'z' is none of"));
    }

    /** Without a key a row cannot be told from its copy, so only what is proven old is absorbed: see docs/guarantees.md. */
    @Test
    void aTableWithoutKeyAbsorbsAReplayThatIsProvenOld() {
        var history = DebeziumTable.named(name).nullable("id", INT8).nullable("text", TEXT);
        send(0, stream.commit(history.insert(row(1, "first"))));
        var twins = stream.commit(history.insert(row(2, "twin")), history.insert(row(2, "twin")));
        send(0, twins);
        send(0, stream.commit(history.insert(row(3, "c"))));
        awaitRows("1=first", "2=twin", "2=twin", "3=c");

        send(0, twins);
        send(0, stream.commit(history.insert(row(4, "d"))));

        awaitRows("1=first", "2=twin", "2=twin", "3=c", "4=d");
        assertThat(duplicates()).isEqualTo(2);
    }
}
