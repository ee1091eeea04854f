package dev.failureaware.cdc.sink.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.failureaware.cdc.sink.proof.SqlGate.Moment;
import dev.failureaware.cdc.test.TestDatabase;
import dev.failureaware.cdc.test.TestKafka;
import dev.failureaware.cdc.test.TestPostgres;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;

/** Several packaged processes share the partitions, and one of them is dead, frozen, late or new. */
class ReplicasIT {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final TestDatabase sink = TestPostgres.freshDatabase();
    private final String kafka = TestKafka.bootstrapServers();

    /** It wakes up with its first statement still on the way: only the comparison of the offsets stops it then. */
    @Test
    void aFrozenReplicaThatWasReplacedWritesNothingWhenItWakesUpAndJoinsAgain() throws Exception {
        try (var connector = new PlayedConnector(kafka, "zombie", 4);
                var gate = new SqlGate(sink.port());
                var zombie = SinkProcess.start(sink, gate.port(), kafka, "zombie", Map.of())) {
            connector.commits(20);
            connector.awaitAllApplied(sink);

            gate.trap(
                    Moment.BEFORE_THE_SERVER_GETS_IT,
                    transaction -> isMoveOfOffsets(transaction.get(transaction.size() - 1)));
            connector.commits(20);
            gate.awaitSprung();
            zombie.freeze();
            try (var successor = SinkProcess.start(sink, kafka, "zombie")) {
                connector.awaitAllApplied(sink);
                zombie.thaw();
                gate.open();

                awaitMembers("zombie", 2);
                connector.commits(20);
                connector.awaitAllApplied(sink);
                assertThat(successor.isAlive() && zombie.isAlive()).isTrue();
            }
            // Alone again, so that it is seen to work.
            connector.commits(20);
            connector.awaitAllApplied(sink);
        }
    }

    /** It holds locks in the database that its successor needs: the server takes them away after a while. */
    @Test
    void aReplicaThatFreezesInTheMiddleOfItsTransactionDoesNotHoldUpItsSuccessor() throws Exception {
        try (var connector = new PlayedConnector(kafka, "frozen", 2);
                var gate = new SqlGate(sink.port());
                var frozen = SinkProcess.start(
                        sink,
                        gate.port(),
                        kafka,
                        "frozen",
                        Map.of(
                                "quarkus.datasource.reactive.additional-properties.idle_in_transaction_session_timeout",
                                "4000"))) {
            connector.commits(20);
            connector.awaitAllApplied(sink);

            gate.trap(
                    Moment.BEFORE_THE_SERVER_GETS_IT,
                    transaction -> transaction.stream().anyMatch(ReplicasIT::isMoveOfOffsets)
                            && transaction.get(transaction.size() - 1).startsWith("commit"));
            connector.commits(20);
            gate.awaitSprung();
            frozen.freeze();
            try (var successor = SinkProcess.start(sink, kafka, "frozen")) {
                connector.awaitAllApplied(sink);
                frozen.thaw();
                gate.open();

                awaitMembers("frozen", 2);
                connector.commits(20);
                connector.awaitAllApplied(sink);
                assertThat(successor.isAlive() && frozen.isAlive()).isTrue();
            }
        }
    }

    private static boolean isMoveOfOffsets(String statement) {
        return statement.startsWith("update") && statement.contains("offsets");
    }

    @Test
    void eventsFlowWhileReplicasJoinLeaveAndDie() throws Exception {
        try (var connector = new PlayedConnector(kafka, "crowd", 8);
                var first = SinkProcess.start(sink, kafka, "crowd")) {
            connector.commits(100);
            connector.awaitAllApplied(sink);
            try (var second = SinkProcess.start(sink, kafka, "crowd")) {
                sendUntilMembers(connector, 2);
                try (var third = SinkProcess.start(sink, kafka, "crowd")) {
                    sendUntilMembers(connector, 3);
                    first.kill();
                    connector.commits(50);
                    sendUntilMembers(connector, 2);
                    third.leave();
                    sendUntilMembers(connector, 1);
                    connector.commits(50);
                    connector.awaitAllApplied(
                            sink, () -> assertThat(second.isAlive()).isTrue());
                }
            }
        }
        assertThat(sink.value("SELECT sum(duplicates) FROM _cdc.offsets").toString())
                .isEqualTo("0");
    }

    /** Each rebalance happens while events come. */
    private void sendUntilMembers(PlayedConnector connector, int number) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(300)).until(() -> {
            connector.commits(20);
            return members("crowd").size() == number;
        });
        connector.assertRowsAreWhatTheOffsetsSay(sink);
    }

    private void awaitMembers(String group, int number) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(members(group)).hasSize(number));
    }

    /** How many partitions each member has that has any. */
    private List<Integer> members(String group) throws Exception {
        try (var admin = Admin.create(Map.of("bootstrap.servers", kafka))) {
            return admin.describeConsumerGroups(List.of(group)).describedGroups().get(group).get().members().stream()
                    .map(member -> member.assignment().topicPartitions().size())
                    .filter(partitions -> partitions > 0)
                    .toList();
        }
    }
}
