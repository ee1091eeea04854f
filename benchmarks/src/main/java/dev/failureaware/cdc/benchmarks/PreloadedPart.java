package dev.failureaware.cdc.benchmarks;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;

/** Our sink's throughput with ten times as many rows already in the table as come in, against none. */
final class PreloadedPart {
    private final TestBed bed;
    private final Options options;
    private final Progress progress;

    PreloadedPart(TestBed bed, Options options, Progress progress) {
        this.bed = bed;
        this.options = options;
        this.progress = progress;
    }

    Map<String, Object> run(OurSink ours) throws IOException, InterruptedException, SQLException {
        var topic = InsertOnlyTopic.capture(bed, "preloaded", options.partitions(), options.events(), progress);
        var empty = new ArrayList<Double>();
        var full = new ArrayList<Double>();
        PreparedSink prepared = null;
        for (var round = 1; round <= options.rounds(); round++) {
            progress.begin("preloaded, round %d of %d: empty table".formatted(round, options.rounds()));
            var outcome = new Drain(bed, progress).run(ours, topic);
            empty.add(outcome.eventsPerSecond());
            progress.end("%,9.0f events/s".formatted(outcome.eventsPerSecond()));
            if (prepared == null) {
                progress.begin("preloaded: writing %,d rows".formatted(options.preloadedRows()));
                prepared = PreparedSink.afterDrain(bed, topic.table(), options.preloadedRows());
                progress.end("done");
            }
            progress.begin("preloaded, round %d of %d: %,d rows in the table"
                    .formatted(round, options.rounds(), options.preloadedRows()));
            prepared.restore();
            outcome = new Drain(bed, progress).run(ours.start(topic), topic, prepared.blocks(), PreparedSink.NEW_ROWS);
            full.add(outcome.eventsPerSecond());
            progress.end("%,9.0f events/s".formatted(outcome.eventsPerSecond()));
        }
        var result = new LinkedHashMap<String, Object>();
        result.put("events", topic.events());
        result.put("rows_before", options.preloadedRows());
        result.put("empty", Math.round(Statistics.median(empty)));
        result.put("preloaded", Math.round(Statistics.median(full)));
        result.put("ratio", Statistics.round(Statistics.median(full) / Statistics.median(empty), 3));
        return result;
    }
}
