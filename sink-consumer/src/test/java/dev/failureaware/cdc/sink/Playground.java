package dev.failureaware.cdc.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.failureaware.cdc.test.DebeziumEvent;
import dev.failureaware.cdc.test.DebeziumEvents;
import dev.failureaware.cdc.test.TestDatabase;
import dev.failureaware.cdc.test.TestKafka;
import dev.failureaware.cdc.test.TestPostgres;
import io.restassured.RestAssured;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** A fresh topic of the running service, with the test in the connector's place, and a look at the sink's table. */
final class Playground implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final AtomicInteger TABLES = new AtomicInteger();

    final TestDatabase sink = TestPostgres.ofDatasource("");
    final DebeziumEvents stream = new DebeziumEvents();
    final String name = "evolving" + TABLES.incrementAndGet();
    final String topic;
    private final KafkaProducer<String, String> connector;

    Playground(String prefix) {
        topic = prefix + ".public." + name;
        TestKafka.createTopic(TestKafka.ofApplication(), topic, 3);
        connector = new KafkaProducer<>(
                Map.of("bootstrap.servers", TestKafka.ofApplication()), new StringSerializer(), new StringSerializer());
    }

    /** The events of one commit, to one partition. */
    void commit(int partition, DebeziumEvent... events) {
        stream.commit(events).forEach(event -> send(event.record(partition)));
    }

    /** As one batch of the producer's, which a consumer gets as a whole. */
    void sendTogether(int partition, DebeziumEvent... events) {
        try (var together = new KafkaProducer<>(
                Map.<String, Object>of(
                        "bootstrap.servers",
                        TestKafka.ofApplication(),
                        "linger.ms",
                        60_000,
                        "delivery.timeout.ms",
                        120_000),
                new StringSerializer(),
                new StringSerializer())) {
            for (var event : events) {
                together.send(toTopic(event.record(partition)));
            }
            together.flush();
        }
    }

    /** The stream's events go to the prefix "shop"; another prefix is another topic for the same record. */
    void send(ProducerRecord<String, String> record) {
        try {
            connector.send(toTopic(record)).get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    private ProducerRecord<String, String> toTopic(ProducerRecord<String, String> record) {
        return new ProducerRecord<>(topic, record.partition(), record.key(), record.value(), record.headers());
    }

    /** Each row as PostgreSQL writes it, of these columns, ordered by the first. */
    void awaitRows(String columns, String... rows) {
        // A column that is not there yet is no failure either.
        await().atMost(PATIENCE)
                .ignoreException(IllegalStateException.class)
                .untilAsserted(() -> assertThat(rows(columns)).containsExactly(rows));
    }

    List<String> rows(String columns) {
        return exists()
                ? sink.query("SELECT ROW(" + columns + ")::text AS row FROM " + name + " ORDER BY " + columns).stream()
                        .map(row -> (String) row.get("row"))
                        .toList()
                : List.of();
    }

    private boolean exists() {
        return sink.count("pg_class WHERE relname = '" + name + "'") > 0;
    }

    List<String> columns() {
        return sink
                .query(
                        "SELECT attname || ' ' || format_type(atttypid, atttypmod) AS c FROM pg_attribute WHERE attrelid = '"
                                + name
                                + "'::regclass AND attnum > 0 AND NOT attisdropped AND attname NOT LIKE '\\_cdc\\_%'"
                                + " ORDER BY attnum")
                .stream()
                .map(row -> (String) row.get("c"))
                .toList();
    }

    /** For the message of a test that waits in vain. */
    String state() {
        return "columns " + columns() + ", of the past "
                + sink.query("SELECT * FROM _cdc.former_columns WHERE table_name = '" + name + "'") + ", rows "
                + sink.query("SELECT * FROM " + name) + ", offsets "
                + sink.query("SELECT * FROM _cdc.offsets WHERE topic = '" + topic + "'") + ", parked "
                + sink.query("SELECT partition, \"offset\", reason FROM _cdc.parked WHERE topic = '" + topic + "'");
    }

    /** Waits until health names this table as stopped, for a reason that contains the words. */
    void awaitStopped(String words) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(reason()).contains(words));
        assertThat(stoppedTables()).isPositive();
    }

    private static double stoppedTables() {
        return RestAssured.get("/q/metrics")
                .asString()
                .lines()
                .filter(line -> line.startsWith("cdc_sink_tables_stopped"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    private String reason() {
        var data = RestAssured.get("/q/health/well").jsonPath().getMap("checks.find { it.name == 'tables' }.data");
        return data == null ? "" : String.valueOf(data.get("public." + name));
    }

    /** Somebody moves the stored offsets back: the running consumer is fenced, and starts from there. */
    void rewind() {
        sink.execute("UPDATE _cdc.offsets SET next_offset = 0 WHERE topic = '" + topic + "'");
    }

    @Override
    public void close() {
        connector.close();
    }
}
