package dev.failureaware.cdc.sink;

import static dev.failureaware.cdc.test.DebeziumType.INT8;
import static dev.failureaware.cdc.test.DebeziumType.TEXT;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;

import dev.failureaware.cdc.test.DebeziumEvent;
import dev.failureaware.cdc.test.DebeziumTable;
import dev.failureaware.cdc.test.KafkaAndPostgres;
import dev.failureaware.cdc.test.TestKafka;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Records that cannot be applied, and their way back. The sink refuses every row whose text is 'poison'. */
@QuarkusTest
@WithTestResource(KafkaAndPostgres.class)
class ParkingIT {
    private final Playground at = new Playground("shop");
    private final DebeziumTable table =
            DebeziumTable.named(at.name).key("id", INT8).nullable("a", TEXT);

    @AfterEach
    void close() {
        at.close();
    }

    private static Map<String, Object> row(long id, String a) {
        return Map.of("id", id, "a", a);
    }

    private DebeziumEvent insert(long id, String a) {
        return table.insert(row(id, a));
    }

    private DebeziumEvent update(long id, String a) {
        return table.update(row(id, a));
    }

    private DebeziumEvent delete(long id) {
        return table.delete(Map.of("id", id));
    }

    /** The table is there, with one row, and refuses poison. */
    private void refusePoison() {
        at.commit(0, insert(0, "first"));
        at.awaitRows("id, a", "(0,first)");
        at.sink.execute("ALTER TABLE " + at.name + " ADD CONSTRAINT no_poison CHECK (a <> 'poison')");
    }

    /** The same, and the second state of row 1 is parked. */
    private void parkAnUpdate() {
        refusePoison();
        at.commit(1, insert(1, "good"));
        at.awaitRows("id, a", "(0,first)", "(1,good)");
        at.commit(1, update(1, "poison"));
        awaitParked("refused");
    }

    /** The same, and the first state of row 1 is parked. */
    private void parkAnInsert() {
        refusePoison();
        at.commit(1, insert(1, "poison"));
        awaitParked("refused");
    }

    private void mend() {
        at.sink.execute("ALTER TABLE " + at.name + " DROP CONSTRAINT no_poison");
    }

    /** Kind and outcome of each parked record of the topic, in the order of offsets. */
    private List<String> parked() {
        return at
                .sink
                .query("SELECT kind || coalesce(' ' || outcome, '') AS p FROM _cdc.parked WHERE topic = '" + at.topic
                        + "' ORDER BY partition, \"offset\", id")
                .stream()
                .map(row -> (String) row.get("p"))
                .toList();
    }

    private void awaitParked(String... kinds) {
        await().atMost(Playground.PATIENCE)
                .untilAsserted(() -> assertThat(parked()).containsExactly(kinds));
    }

    private JsonPath replay() {
        return given().header("Authorization", "Bearer of-the-tests")
                .post("/parked/replay?table=public." + at.name)
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
    }

    @Test
    void whatTheSinkRefusesIsParkedWithAllBehindItAndReplayedInOrder() {
        parkAnUpdate();
        at.commit(1, update(1, "last"), insert(2, "other"));
        at.commit(2, insert(3, "elsewhere"));

        at.awaitRows("id, a", "(0,first)", "(1,good)", "(2,other)", "(3,elsewhere)");
        awaitParked("refused", "behind");
        assertThat(at.sink
                        .query("SELECT reason, sqlstate, table_name, row_key FROM _cdc.parked WHERE topic = '"
                                + at.topic + "' ORDER BY \"offset\"")
                        .get(0))
                .satisfies(first -> assertThat((String) first.get("reason")).contains("no_poison"))
                .containsEntry("sqlstate", "23514")
                .containsEntry("table_name", at.name)
                .containsEntry("row_key", "{\"id\":1}");

        assertThat(replay().getMap("")).containsEntry("refused", 1).containsEntry("behind", 1);
        mend();
        assertThat(replay().getMap("")).containsEntry("replayed", 2).containsEntry("remaining", 0);

        at.awaitRows("id, a", "(0,first)", "(1,last)", "(2,other)", "(3,elsewhere)");
        at.commit(1, update(1, "free again"));
        at.awaitRows("id, a", "(0,first)", "(1,\"free again\")", "(2,other)", "(3,elsewhere)");
        awaitParked("refused replayed", "behind replayed");
    }

    /** The bounds of batches are not to be had here, so both ends are right: what matters is that no later state is lost. */
    @Test
    void aRefusedStateThatItsBatchReplacesHarmsNothing() {
        refusePoison();
        at.commit(1, insert(1, "good"), update(1, "poison"), update(1, "last"), insert(2, "other"));

        await().atMost(Playground.PATIENCE).until(() -> at.rows("id, a").contains("(2,other)"));
        mend();
        replay();

        at.awaitRows("id, a", "(0,first)", "(1,last)", "(2,other)");
    }

    @Test
    void aDeleteAndASecondPoisonWaitBehindTheFirst() {
        parkAnUpdate();
        at.commit(1, update(1, "poison"));
        at.commit(1, delete(1));
        at.commit(1, insert(4, "end"));
        at.awaitRows("id, a", "(0,first)", "(1,good)", "(4,end)");
        awaitParked("refused", "behind", "behind");

        mend();

        assertThat(replay().getInt("replayed")).isEqualTo(3);
        at.awaitRows("id, a", "(0,first)", "(4,end)");
    }

    @Test
    void aRowOfANewSnapshotSettlesWhatIsParkedOfItsKeyAndTheSweepTheRest() {
        refusePoison();
        at.commit(1, insert(1, "good"), insert(2, "good"));
        at.awaitRows("id, a", "(0,first)", "(1,good)", "(2,good)");
        at.commit(1, update(1, "poison"), update(2, "poison"));
        awaitParked("refused", "refused");

        // Row 2 was deleted while nobody looked.
        at.stream
                .snapshot(table.snapshotRow(row(0, "first")), table.snapshotRow(row(1, "snapshot")))
                .forEach(event -> at.send(event.record(event.key().contains("0}") ? 0 : 1)));
        at.commit(1, update(1, "after"));

        at.awaitRows("id, a", "(0,first)", "(1,after)");
        awaitParked("refused superseded", "refused superseded");
        mend();
        assertThat(replay().getInt("replayed")).isZero();
        at.awaitRows("id, a", "(0,first)", "(1,after)");
    }

    @Test
    void whatWasParkedBeforeATruncateDoesNotComeBack() {
        refusePoison();
        at.commit(1, insert(1, "good"));
        at.commit(1, update(1, "poison"));
        awaitParked("refused");
        at.commit(1, table.truncate());
        at.commit(1, insert(2, "after"));
        at.awaitRows("id, a", "(2,after)");

        mend();

        assertThat(replay().getMap("")).containsEntry("superseded", 1);
        at.awaitRows("id, a", "(2,after)");
    }

    @Test
    void aSnapshotIsNotSweptWhileARowOfItIsParked() {
        refusePoison();
        at.commit(1, insert(1, "good"));
        at.awaitRows("id, a", "(0,first)", "(1,good)");

        at.stream
                .snapshot(table.snapshotRow(row(1, "poison")), table.snapshotRow(row(0, "first")))
                .forEach(event -> at.send(event.record(event.key().contains("0}") ? 0 : 1)));
        awaitParked("refused");
        await().pollDelay(Duration.ofSeconds(3)).until(() -> true);
        assertThat(at.rows("id, a")).containsExactly("(0,first)", "(1,good)");

        mend();
        assertThat(replay().getInt("replayed")).isEqualTo(1);
        await().atMost(Playground.PATIENCE)
                .until(() ->
                        at.sink.count("_cdc.snapshots WHERE table_name = '" + at.name + "' AND swept_at IS NOT NULL")
                                == 1);
        at.awaitRows("id, a", "(0,first)", "(1,poison)");
    }

    @Test
    void aTableOfPoisonIsParkedWhileOthersGoOn() {
        refusePoison();
        var all = new ArrayList<DebeziumEvent>();
        for (long id = 1; id <= 60; id++) {
            all.add(insert(id, "poison"));
        }
        at.commit(1, all.toArray(DebeziumEvent[]::new));
        at.commit(1, insert(1000, "end"));

        at.awaitRows("id, a", "(0,first)", "(1000,end)");
        assertThat(parked()).hasSize(60).containsOnly("refused");
        mend();
        assertThat(replay().getInt("replayed")).isEqualTo(60);
        assertThat(at.sink.count(at.name)).isEqualTo(62);
    }

    @Test
    void bytesAreKeptExactlyInTheTableAndInTheDeadLetterTopic() throws Exception {
        refusePoison();
        var key = at.stream.commit(insert(1, "x")).get(0).key().getBytes(StandardCharsets.UTF_8);
        var values = List.of(
                new byte[] {'{', 0, (byte) 0xff, '\n'},
                "x".repeat(1_000_000).getBytes(StandardCharsets.UTF_8),
                new byte[0]);
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", TestKafka.ofApplication(), "max.request.size", 10_000_000),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (var value : values) {
                producer.send(new ProducerRecord<>(at.topic, 1, key, value)).get();
            }
            producer.send(new ProducerRecord<>(at.topic, 1, new byte[] {0, 1}, values.get(0)))
                    .get();
        }
        at.commit(1, update(1, "behind"));
        awaitParked("undecodable", "undecodable", "undecodable", "undecodable", "behind");

        var rows = at.sink.query(
                "SELECT key_bytes, value_bytes FROM _cdc.parked WHERE topic = '" + at.topic + "' ORDER BY \"offset\"");
        for (var i = 0; i < values.size(); i++) {
            assertThat((byte[]) rows.get(i).get("value_bytes")).isEqualTo(values.get(i));
            assertThat((byte[]) rows.get(i).get("key_bytes")).isEqualTo(key);
        }
        var letters = letters();
        assertThat(letters).hasSize(5);
        for (var i = 0; i < values.size(); i++) {
            assertThat(letters.get(i).value()).isEqualTo(values.get(i));
            assertThat(letters.get(i).key()).isEqualTo(key);
        }
        assertThat(headers(letters.get(4)))
                .containsEntry("cdc.topic", at.topic)
                .containsEntry("cdc.partition", "1")
                .containsEntry("cdc.offset", "4")
                .containsEntry("cdc.kind", "behind")
                .containsEntry("cdc.table", "public." + at.name);

        var id = at.sink.value("SELECT min(id) FROM _cdc.parked WHERE topic = '" + at.topic + "'");
        given().header("Authorization", "Bearer of-the-tests")
                .post("/parked/dismiss?id=" + id)
                .then()
                .statusCode(200);
        assertThat(replay().getMap("")).containsEntry("refused", 3).containsEntry("behind", 1);
        assertThat(parked()).first().isEqualTo("undecodable dismissed");
    }

    @Test
    void whileTheDeadLetterTopicTakesNothingNothingIsParkedAndNothingLost() throws Exception {
        parkAnInsert();
        letterLimit("1");
        try {
            at.commit(1, insert(4, "poison"));
            at.commit(1, insert(7, "after"));
            await().atMost(Playground.PATIENCE)
                    .untilAsserted(() -> given().get("/q/health/ready")
                            .then()
                            .statusCode(503)
                            .body(containsString("dead letter topic shop-dead-letter")));
            assertThat(parked()).containsExactly("refused");
            assertThat(at.rows("id, a")).containsExactly("(0,first)");
        } finally {
            letterLimit("34603008");
        }
        at.awaitRows("id, a", "(0,first)", "(7,after)");
        awaitParked("refused", "refused");
        assertThat(letters())
                .extracting(letter -> headers(letter).get("cdc.offset"))
                .contains("0", "1");
    }

    private static void letterLimit(String bytes) throws Exception {
        try (var admin = Admin.create(Map.<String, Object>of("bootstrap.servers", TestKafka.ofApplication()))) {
            admin.incrementalAlterConfigs(Map.of(
                            new ConfigResource(ConfigResource.Type.TOPIC, "shop-dead-letter"),
                            List.of(new AlterConfigOp(
                                    new ConfigEntry("max.message.bytes", bytes), AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
        }
    }

    private List<ConsumerRecord<byte[], byte[]>> letters() {
        var letters = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        try (var consumer = new KafkaConsumer<>(
                Map.<String, Object>of("bootstrap.servers", TestKafka.ofApplication()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            var partition = new TopicPartition("shop-dead-letter", 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            var end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(200)).forEach(letter -> {
                    if (at.topic.equals(headers(letter).get("cdc.topic"))) {
                        letters.add(letter);
                    }
                });
            }
        }
        return letters;
    }

    private static Map<String, String> headers(ConsumerRecord<?, ?> letter) {
        var headers = new HashMap<String, String>();
        letter.headers()
                .forEach(header -> headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8)));
        return headers;
    }

    /** Of the time when events behind a parked one were applied: nothing else is known of what came later. */
    @Test
    void whatAnEarlierVersionParkedNeitherOverwritesNorResurrects() {
        refusePoison();
        var events = at.stream.commit(insert(1, "old"), insert(2, "old"), insert(3, "old"));
        at.commit(1, insert(1, "newer"));
        at.commit(1, insert(2, "newer"), delete(2));
        at.awaitRows("id, a", "(0,first)", "(1,newer)");
        for (var event : events) {
            at.sink.execute("INSERT INTO _cdc.parked (topic, partition, \"offset\", key, value, reason) VALUES ('"
                    + at.topic + "', 1, 0, '" + event.key() + "', '" + event.value() + "', 'bad JSON')");
        }
        at.sink.execute("UPDATE _cdc.parked SET key_bytes = convert_to(key, 'UTF8'), value_bytes = convert_to(value,"
                + " 'UTF8') WHERE kind = 'earlier'");

        assertThat(replay().getMap("")).containsEntry("superseded", 3).containsEntry("remaining", 0);
        at.awaitRows("id, a", "(0,first)", "(1,newer)");
    }

    @Test
    void aConstraintBetweenRowsIsWaitedForAndThenNamed() {
        refusePoison();
        at.sink.execute("ALTER TABLE " + at.name + " ADD CONSTRAINT just_one UNIQUE (a)");
        at.commit(1, insert(1, "first"));
        at.commit(1, insert(4, "end"));

        awaitParked("constraint");
        assertThat((String) at.sink.value("SELECT reason FROM _cdc.parked WHERE topic = '" + at.topic + "'"))
                .contains("just_one", at.name, "replay");
        at.awaitRows("id, a", "(0,first)", "(4,end)");

        at.commit(0, update(0, "another"));
        at.awaitRows("id, a", "(0,another)", "(4,end)");
        assertThat(replay().getInt("replayed")).isEqualTo(1);
        at.awaitRows("id, a", "(0,another)", "(1,first)", "(4,end)");
    }

    @Test
    void eventsThatArriveDuringReplaysAreNeitherLostNorReordered() {
        parkAnInsert();
        mend();
        for (var i = 1; i <= 40; i++) {
            at.commit(1, update(1, "v" + i));
            if (i % 4 == 0) {
                replay();
            }
        }
        at.commit(1, insert(2, "end"));
        await().atMost(Playground.PATIENCE).until(() -> at.rows("id, a").contains("(2,end)"));
        replay();

        at.awaitRows("id, a", "(0,first)", "(1,v40)", "(2,end)");
        assertThat(parked()).allMatch(kind -> kind.endsWith("replayed"));
    }

    /** An event that is just being parked behind a record must not find that record replayed when it is. */
    @Test
    void aReplayWaitsForTheBatchOfItsPartition() throws Exception {
        refusePoison();
        at.commit(1, insert(4, "good"));
        at.commit(1, insert(1, "poison"));
        awaitParked("refused");
        mend();
        try (var rowOfOther = at.sink.connect();
                var offset = at.sink.connect()) {
            rowOfOther.setAutoCommit(false);
            rowOfOther.createStatement().execute("UPDATE " + at.name + " SET a = a WHERE id = 4");
            offset.setAutoCommit(false);
            offset.createStatement()
                    .execute("SELECT FROM _cdc.offsets WHERE topic = '" + at.topic + "' AND partition = 1 FOR UPDATE");
            // While this one waits for the offset, the next two are read, and become one batch.
            at.commit(1, insert(7, "ahead"));
            awaitWaiting(1);
            at.commit(1, update(1, "last"), update(4, "changed"));
            await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
            offset.rollback();
            await().atMost(Playground.PATIENCE).until(() -> at.rows("id").contains("(7)"));
            awaitWaiting(1);

            var replay = CompletableFuture.supplyAsync(this::replay);
            await().atMost(Playground.PATIENCE).until(() -> replay.isDone() || waiting() == 2);
            rowOfOther.rollback();
            assertThat(replay.get().getMap("")).containsEntry("replayed", 2);
        }
        at.awaitRows("id, a", "(0,first)", "(1,last)", "(4,changed)", "(7,ahead)");
    }

    private void awaitWaiting(long number) {
        await().atMost(Playground.PATIENCE).until(() -> waiting() == number);
    }

    private long waiting() {
        return at.sink.count("pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'");
    }

    @Test
    void theTopicReadAgainChangesNothingOfWhatIsParked() {
        parkAnUpdate();
        at.commit(1, update(1, "last"));
        awaitParked("refused", "behind");

        at.rewind();
        at.commit(1, insert(2, "end"));

        at.awaitRows("id, a", "(0,first)", "(1,good)", "(2,end)");
        assertThat(parked()).containsExactly("refused", "behind");
    }

    @Test
    void parkedRecordsAreShownToHoldersOfTheTokenOnly() {
        parkAnInsert();

        given().get("/parked").then().statusCode(401);
        given().post("/parked/replay").then().statusCode(401);
        given().header("Authorization", "Bearer wrong").get("/parked").then().statusCode(401);
        var list = given().header("Authorization", "Bearer of-the-tests")
                .get("/parked?table=" + at.name)
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
        assertThat(list.getLong("unresolved")).isEqualTo(1);
        assertThat(list.getString("records[0].topic")).isEqualTo(at.topic);
        assertThat(list.getString("records[0].kind")).isEqualTo("refused");
    }
}
