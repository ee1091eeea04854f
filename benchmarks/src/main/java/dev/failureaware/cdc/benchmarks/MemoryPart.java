package dev.failureaware.cdc.benchmarks;

import java.io.IOException;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Our sink's resident memory during a backlog of twice as many events as the workloads have. */
final class MemoryPart {
    private final TestBed bed;
    private final Options options;
    private final Progress progress;

    MemoryPart(TestBed bed, Options options, Progress progress) {
        this.bed = bed;
        this.options = options;
        this.progress = progress;
    }

    Map<String, Object> run(OurSink ours) throws IOException, InterruptedException, SQLException {
        var topic = InsertOnlyTopic.capture(bed, "memory", options.partitions(), options.memoryEvents(), progress);
        progress.begin("memory: draining %,d events".formatted(topic.events()));
        var outcome = new Drain(bed, progress).run(ours, topic);
        var result = new LinkedHashMap<String, Object>();
        result.put("events", topic.events());
        result.put("partitions", topic.partitions());
        result.put("event_bytes", topic.valueBytes());
        result.put("events_per_second", Math.round(outcome.eventsPerSecond()));
        if (outcome.peakResidentBytes().isEmpty()) {
            result.put("absent", "this system does not tell it (no /proc)");
            progress.end("not known on this system");
            return result;
        }
        var megabytes = outcome.peakResidentBytes().getAsLong() >> 20;
        result.put("peak_resident_mb", megabytes);
        progress.end("%d MB resident at most".formatted(megabytes));
        return result;
    }
}
