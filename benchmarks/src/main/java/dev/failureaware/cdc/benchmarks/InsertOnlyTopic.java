package dev.failureaware.cdc.benchmarks;

import java.io.IOException;
import java.sql.SQLException;

/** A topic of inserts for a part that needs one of its own. */
final class InsertOnlyTopic {
    private InsertOnlyTopic() {}

    static Topic capture(TestBed bed, String name, int partitions, long events, Progress progress)
            throws IOException, InterruptedException, SQLException {
        progress.begin("%s: capturing %,d events by Debezium".formatted(name, events));
        try (var capture = new Capture(bed)) {
            var topic = capture.capture(
                    Workload.INSERT_ONLY, new Table(name), name, partitions, events, event -> {}, progress::rows);
            progress.end("%,d bytes per event".formatted(topic.valueBytes()));
            return topic;
        }
    }
}
