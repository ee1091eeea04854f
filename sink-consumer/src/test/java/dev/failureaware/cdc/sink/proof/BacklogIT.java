package dev.failureaware.cdc.sink.proof;

import static dev.failureaware.cdc.test.DebeziumType.INT8;
import static dev.failureaware.cdc.test.DebeziumType.TEXT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.failureaware.cdc.test.DebeziumEvents;
import dev.failureaware.cdc.test.DebeziumTable;
import dev.failureaware.cdc.test.TestDatabase;
import dev.failureaware.cdc.test.TestKafka;
import dev.failureaware.cdc.test.TestPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

/** A backlog of more than the heap, while the database does not take anything. */
class BacklogIT {
    private static final int ROWS = 400;
    /** Megabytes. */
    private static final int ALLOWED = 20;

    private static final String MEGABYTE = "x".repeat(1_000_000);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static void lock(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        connection.createStatement().execute("LOCK TABLE wide");
    }

    @Test
    void whatWaitsIsBoundedWhateverThereIsToRead() throws Exception {
        TestDatabase sink = TestPostgres.freshDatabase();
        var kafka = TestKafka.bootstrapServers();
        TestKafka.createTopic(kafka, "backlog.public.wide", 2);
        var table = DebeziumTable.named("wide").key("id", INT8).nullable("text", TEXT);
        var stream = new DebeziumEvents();
        try (var other = sink.connect();
                var producer = new KafkaProducer<>(
                        Map.<String, Object>of("bootstrap.servers", kafka, "max.request.size", 2_000_000),
                        new StringSerializer(),
                        new StringSerializer());
                var process = SinkProcess.start(
                        sink, sink.port(), kafka, "backlog", Map.of("sink.max-waiting", ALLOWED + "M"))) {
            for (long id = 0; id <= ROWS; id++) {
                for (var event : stream.commit(table.insert(Map.of("id", id, "text", id == 0 ? "first" : MEGABYTE)))) {
                    producer.send(event.from("backlog", "shop").record((int) (id % 2)));
                }
                if (id == 0) {
                    await().atMost(PATIENCE)
                            .ignoreException(IllegalStateException.class)
                            .until(() -> sink.count("wide") == 1);
                    lock(other);
                }
            }
            producer.flush();
            await().atMost(PATIENCE)
                    .failFast("it lives", () -> assertThat(process.isAlive()).isTrue())
                    .until(() -> process.metric("cdc_sink_waiting_bytes") >= ALLOWED << 20);
            // As long as an unbounded one takes to read it all.
            await().pollDelay(Duration.ofSeconds(5)).until(() -> true);
            assertThat(process.isAlive()).as("%s", process).isTrue();

            other.rollback();
            await().atMost(PATIENCE).failFast(() -> !process.isAlive()).until(() -> sink.count("wide") == ROWS + 1);
        }
    }
}
