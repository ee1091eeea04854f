package dev.failureaware.cdc.sink.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.failureaware.cdc.sink.proof.SqlGate.Moment;
import dev.failureaware.cdc.test.TestDatabase;
import dev.failureaware.cdc.test.TestKafka;
import dev.failureaware.cdc.test.TestPostgres;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The packaged process is killed with SIGKILL exactly between two messages of its conversation with the database. What it left
 * behind is whole, and its next life applies the rest once: rows with a key, rows without, offsets.
 */
@TestInstance(Lifecycle.PER_CLASS)
class CrashPointIT {
    private final TestDatabase sink = TestPostgres.freshDatabase();
    private final String kafka = TestKafka.bootstrapServers();
    private final PlayedConnector connector = new PlayedConnector(kafka, "crash", 1);
    private SqlGate gate;
    private SinkProcess process;

    /** Statements are what the server gets, in lower case; the last one is that which the crash is next to. */
    enum CrashPoint {
        BEFORE_ANYTHING_IS_WRITTEN(Moment.BEFORE_THE_SERVER_GETS_IT, CrashPoint::movesOffsets),
        BETWEEN_OFFSETS_AND_ROWS(
                Moment.BEFORE_THE_SERVER_GETS_IT,
                transaction -> transaction.stream().anyMatch(CrashPoint::moves)
                        && last(transaction).contains("journal")),
        BETWEEN_DELETES_AND_ROWS_OF_A_TABLE(
                Moment.AFTER_ITS_ANSWER,
                transaction -> last(transaction).startsWith("delete")
                        && last(transaction).contains("accounts")),
        AFTER_ROWS_WITHOUT_KEY(
                Moment.AFTER_ITS_ANSWER, transaction -> last(transaction).contains("journal")),
        BEFORE_THE_COMMIT(
                Moment.BEFORE_THE_SERVER_GETS_IT,
                transaction -> transaction.stream().anyMatch(CrashPoint::moves)
                        && last(transaction).startsWith("commit")),
        /** And before Kafka has heard of it, and before the process itself knows. */
        AFTER_THE_COMMIT(
                Moment.AFTER_ITS_ANSWER,
                transaction -> transaction.stream().anyMatch(CrashPoint::moves)
                        && last(transaction).startsWith("commit"));

        private final Moment moment;
        private final Predicate<List<String>> transaction;

        CrashPoint(Moment moment, Predicate<List<String>> transaction) {
            this.moment = moment;
            this.transaction = transaction;
        }

        private static boolean movesOffsets(List<String> transaction) {
            return moves(last(transaction));
        }

        private static boolean moves(String statement) {
            return statement.startsWith("update") && statement.contains("offsets");
        }

        private static String last(List<String> transaction) {
            return transaction.get(transaction.size() - 1);
        }
    }

    @BeforeAll
    void start() throws IOException {
        gate = new SqlGate(sink.port());
        connector.commits(10);
        process = startProcess();
        connector.awaitAllApplied(sink);
    }

    private SinkProcess startProcess() {
        return SinkProcess.start(sink, gate.port(), kafka, connector.prefix, Map.of());
    }

    @AfterAll
    void end() throws IOException {
        process.close();
        gate.close();
        connector.close();
    }

    @ParameterizedTest
    @EnumSource
    void whatIsLeftIsWholeAndTheRestIsAppliedOnce(CrashPoint point) throws Exception {
        var before = connector.applied(sink);
        gate.trap(point.moment, point.transaction);
        connector.commits(40);
        gate.awaitSprung();
        process.kill();
        gate.sever();

        await().atMost(Duration.ofMinutes(1))
                .until(() ->
                        sink.count("pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
                                == 0);
        connector.assertRowsAreWhatTheOffsetsSay(sink);
        var left = connector.applied(sink);
        if (point == CrashPoint.AFTER_THE_COMMIT) {
            assertThat(left).as("what was committed").isNotEqualTo(before);
            assertThat(committedInKafka()).as("Kafka knows less").isNotEqualTo(left);
        }
        process = startProcess();

        connector.awaitAllApplied(sink);
        assertThat(sink.value("SELECT sum(duplicates) FROM _cdc.offsets").toString())
                .isEqualTo("0");
    }

    /** What nobody can read is copied to the dead letter topic before the transaction that parks it commits. */
    @Test
    void aDeadLetterThatWasSentBeforeACrashIsSentAgainAndItsRecordIsParkedOnce() throws Exception {
        var database = TestPostgres.freshDatabase();
        try (var garbled = new PlayedConnector(kafka, "garbled", 1);
                var own = new SqlGate(database.port())) {
            garbled.commits(1);
            try (var victim = SinkProcess.start(database, own.port(), kafka, "garbled", Map.of())) {
                garbled.awaitAllApplied(database);
                own.trap(
                        Moment.BEFORE_THE_SERVER_GETS_IT,
                        transaction -> transaction.stream()
                                        .anyMatch(statement -> statement.contains("insert into \"_cdc\".\"parked\""))
                                && CrashPoint.last(transaction).startsWith("commit"));
                garbled.garbage();
                own.awaitSprung();
                assertThat(letters("garbled-dead-letter")).isEqualTo(1);
                victim.kill();
                own.sever();
            }
            try (var successor = SinkProcess.start(database, own.port(), kafka, "garbled", Map.of())) {
                await().atMost(Duration.ofMinutes(1))
                        .failFast(() -> !successor.isAlive())
                        .until(() -> database.count("_cdc.parked") == 1);
                assertThat(letters("garbled-dead-letter")).isEqualTo(2);
            }
        }
    }

    private long letters(String topic) throws Exception {
        try (var admin = Admin.create(Map.of("bootstrap.servers", kafka))) {
            var partition = new TopicPartition(topic, 0);
            return admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                    .partitionResult(partition)
                    .get()
                    .offset();
        }
    }

    private Map<TopicPartition, Long> committedInKafka() throws Exception {
        try (var admin = Admin.create(Map.of("bootstrap.servers", kafka))) {
            return admin
                    .listConsumerGroupOffsets(connector.prefix)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .entrySet()
                    .stream()
                    .collect(java.util.stream.Collectors.toMap(
                            Map.Entry::getKey, entry -> entry.getValue().offset()));
        }
    }
}
