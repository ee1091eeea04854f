package dev.failureaware.cdc.benchmarks;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * What passes between a commit at the source and the commit at the sink, at 100 commits a second. First what the sink adds:
 * captured events are sent one by one to a topic that stamps them when they are appended. Then all of the path, through Debezium
 * as the project configures it.
 */
final class LatencyPart {
    private static final int PER_SECOND = 100;
    /** Left out: the first ones find cold code. */
    private static final int WARM_UP_SECONDS = 5;

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration LOOK = Duration.ofMillis(200);
    private static final Map<String, String> STAMPED = Map.of("message.timestamp.type", "LogAppendTime");

    private final TestBed bed;
    private final Options options;
    private final Progress progress;
    private final int events;
    private final int counted;

    LatencyPart(TestBed bed, Options options, Progress progress) {
        this.bed = bed;
        this.options = options;
        this.progress = progress;
        this.counted = PER_SECOND * options.latencySeconds();
        this.events = PER_SECOND * WARM_UP_SECONDS + counted;
    }

    Map<String, Object> run(OurSink ours) throws IOException, InterruptedException, SQLException {
        var result = new LinkedHashMap<String, Object>();
        result.put("commits_per_second", PER_SECOND);
        result.put("commits", counted);
        result.put("flush_ms", Statistics.round(flushMillis(), 2));
        progress.begin("latency of the sink, %d s".formatted(options.latencySeconds() + WARM_UP_SECONDS));
        var kafkaToSink = sinkAlone(ours);
        result.put("kafka_to_sink_ms", figures(kafkaToSink));
        progress.end(text(kafkaToSink));
        progress.begin("latency end to end, %d s".formatted(options.latencySeconds() + WARM_UP_SECONDS));
        var endToEnd = endToEnd(ours);
        result.put("source_to_sink_ms", figures(endToEnd));
        progress.end(text(endToEnd));
        return result;
    }

    /** Median of a commit of one row, seen by its client: a commit's time stamp is taken before its log is flushed. */
    private double flushMillis() throws SQLException {
        bed.execute(TestBed.SOURCE, "CREATE TABLE public.bench_flush (n int)");
        var times = new ArrayList<Double>();
        try (var source = bed.connect(TestBed.SOURCE);
                var insert = source.prepareStatement("INSERT INTO public.bench_flush VALUES (1)")) {
            for (var i = 0; i < 200; i++) {
                var began = System.nanoTime();
                insert.executeUpdate();
                times.add((System.nanoTime() - began) / 1e6);
            }
        }
        return Statistics.median(times);
    }

    private List<Double> sinkAlone(OurSink ours) throws IOException, InterruptedException, SQLException {
        var table = new Table("latency");
        var records = new ArrayList<TopicReader.Event>(events);
        try (var capture = new Capture(bed)) {
            capture.capture(Workload.INSERT_ONLY, table, "latency-events", 1, events, records::add, read -> {});
        }
        bed.createTopic(Topic.name("latency", table), options.partitions(), STAMPED);
        bed.freshSink(java.util.Optional.empty());
        var appended = new ConcurrentHashMap<Long, Long>();
        try (var draining = ours.start(topicOf("latency", table));
                var producer = producer()) {
            draining.ready();
            at(records.size(), number -> {
                var event = records.get(number);
                var seq = Change.seq(event.json());
                producer.send(
                        new ProducerRecord<>(
                                Topic.name("latency", table),
                                event.record().key(),
                                event.record().value()),
                        (metadata, failure) -> {
                            if (failure == null) {
                                appended.put(seq, metadata.timestamp() * 1000);
                            }
                        });
            });
            producer.flush();
            return difference(appended, arrivals(table, draining));
        }
    }

    private List<Double> endToEnd(OurSink ours) throws IOException, InterruptedException, SQLException {
        var table = new Table("latency_path");
        bed.freshSink(java.util.Optional.empty());
        try (var capture = new Capture(bed)) {
            capture.begin(table, "latency-path", options.partitions(), Map.of(), STAMPED);
            try (var draining = ours.start(topicOf("latency-path", table));
                    var source = bed.connect(TestBed.SOURCE);
                    var insert = source.prepareStatement("INSERT INTO %s SELECT %s FROM (VALUES (?::bigint)) AS v(g)"
                            .formatted(table.qualified(), Workload.row("g", "g")))) {
                draining.ready();
                at(events, number -> {
                    insert.setLong(1, number + 1);
                    insert.executeUpdate();
                });
                var arrived = arrivals(table, draining);
                var committed = commits(TestBed.SOURCE, table);
                capture.end(table, "latency-path");
                return difference(committed, arrived);
            }
        }
    }

    private static Topic topicOf(String prefix, Table table) {
        return new Topic(prefix, table, 1, true, new Topic.Order(new int[0], new int[0], List.of(), 0, false), 0);
    }

    @FunctionalInterface
    private interface Act {
        void run(int number) throws IOException, SQLException;
    }

    /** So many acts, evenly spread. */
    private static void at(int count, Act act) throws IOException, SQLException {
        var began = System.nanoTime();
        for (var number = 0; number < count; number++) {
            var due = began + number * 1_000_000_000L / PER_SECOND;
            for (var left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            act.run(number);
        }
    }

    /** By number, when each row was committed at the sink, once all are there. */
    private Map<Long, Long> arrivals(Table table, Contestant.Draining draining)
            throws IOException, InterruptedException, SQLException {
        var deadline = Instant.now().plus(PATIENCE);
        while (true) {
            var exists = bed.value(TestBed.SINK, "SELECT to_regclass('%s') IS NOT NULL".formatted(table.qualified()));
            var arrived = exists.equals("t") ? commits(TestBed.SINK, table) : Map.<Long, Long>of();
            if (arrived.size() >= events) {
                return arrived;
            }
            var failure = draining.failure();
            if (failure.isPresent() || Instant.now().isAfter(deadline)) {
                throw new BenchmarkException(
                        failure.orElse("only %,d of %,d rows have arrived".formatted(arrived.size(), events)));
            }
            Thread.sleep(LOOK.toMillis());
        }
    }

    private Map<Long, Long> commits(String database, Table table) throws SQLException {
        var commits = new HashMap<Long, Long>();
        try (var connection = bed.connect(database);
                var statement = connection.createStatement();
                var rows = statement.executeQuery(
                        "SELECT seq, (extract(epoch FROM pg_xact_commit_timestamp(xmin)) * 1000000)::bigint FROM "
                                + table.qualified())) {
            while (rows.next()) {
                commits.put(rows.getLong(1), rows.getLong(2));
            }
        }
        return commits;
    }

    /** In milliseconds, of those that count. */
    private List<Double> difference(Map<Long, Long> from, Map<Long, Long> to) {
        var differences = new ArrayList<Double>();
        from.forEach((seq, micros) -> {
            if (seq > events - counted) {
                differences.add((to.get(seq) - micros) / 1000.0);
            }
        });
        if (differences.size() != counted) {
            throw new BenchmarkException("%,d of %,d commits were measured".formatted(differences.size(), counted));
        }
        return differences;
    }

    private KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bed.kafka.address(),
                ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class,
                ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class,
                ProducerConfig.LINGER_MS_CONFIG,
                0));
    }

    private static Map<String, Object> figures(List<Double> millis) {
        var figures = new LinkedHashMap<String, Object>();
        for (var percent : List.of(50, 90, 99, 100)) {
            figures.put(
                    percent == 100 ? "max" : "p" + percent,
                    Statistics.round(Statistics.percentile(millis, percent), 2));
        }
        return figures;
    }

    private static String text(List<Double> millis) {
        return "p50 %.1f ms, p99 %.1f ms"
                .formatted(Statistics.percentile(millis, 50), Statistics.percentile(millis, 99));
    }
}
