package dev.failureaware.cdc.sink.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.failureaware.cdc.test.TestDatabase;
import dev.failureaware.cdc.test.TestKafka;
import dev.failureaware.cdc.test.TestPostgres;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Kafka has thrown records away that the sink has not applied: it stops and says so, and never goes on behind the gap. */
class RetentionIT {
    private static final int FATAL = 3;

    private final TestDatabase sink = TestPostgres.freshDatabase();
    private final String kafka = TestKafka.bootstrapServers();

    @Test
    void aGapThatCameWhileItWasStoppedStopsItAtEveryStart() throws Exception {
        try (var connector = new PlayedConnector(kafka, "gap-stopped", 1)) {
            try (var process = SinkProcess.start(sink, kafka, connector.prefix)) {
                connector.commits(10);
                connector.awaitAllApplied(sink);
                process.leave();
            }
            var before = connector.applied(sink);
            connector.commits(10);
            deleteAllRecords(connector);
            connector.commits(10);

            for (var start = 0; start < 2; start++) {
                try (var process = SinkProcess.start(sink, kafka, connector.prefix)) {
                    assertThat(process.exitCode()).isEqualTo(FATAL);
                    assertThat(process.log()).contains("retention removed 20 offsets");
                }
                assertThat(connector.applied(sink)).isEqualTo(before);
                connector.assertRowsAreWhatTheOffsetsSay(sink);
            }
        }
    }

    @Test
    void aGapThatCameWhileItWasRunningBehindStopsIt() throws Exception {
        try (var connector = new PlayedConnector(kafka, "gap-running", 1);
                var process = SinkProcess.start(
                        sink,
                        sink.port(),
                        kafka,
                        connector.prefix,
                        // No rebalance: at one the check would be that of a start.
                        Map.of("mp.messaging.incoming.changes.session.timeout.ms", "60000"))) {
            connector.commits(10);
            connector.awaitAllApplied(sink);
            process.freeze();
            // The fetch that waits at the broker is answered with these; what comes after them is lost to it.
            connector.commits(1);
            connector.commits(10);
            deleteAllRecords(connector);
            connector.commits(10);

            process.thaw();

            assertThat(process.exitCode()).isEqualTo(FATAL);
            assertThat(process.log()).contains("Cannot go on without losing data");
            connector.assertRowsAreWhatTheOffsetsSay(sink);
            assertThat(connector.journalIds(sink)).allMatch(id -> id < 21);
        }
    }

    private void deleteAllRecords(PlayedConnector connector) throws Exception {
        try (var admin = Admin.create(Map.of("bootstrap.servers", kafka))) {
            var all = new HashMap<TopicPartition, RecordsToDelete>();
            for (var table : new String[] {"accounts", "journal"}) {
                all.put(new TopicPartition(connector.topic(table), 0), RecordsToDelete.beforeOffset(-1));
            }
            admin.deleteRecords(all).all().get();
        }
    }
}
