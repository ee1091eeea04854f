package dev.failureaware.cdc.verifier;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Tells the classes of rows that differ apart, by the values and the bookkeeping of the sink and the events in the topic. What
 * is proven is said; where the evidence lacks (retention, a sink that is not ours, a key that events write in another way, no
 * time), the row keeps its general class.
 */
@ApplicationScoped
class RowEvidence {
    private static final Logger LOG = Logger.getLogger(RowEvidence.class);
    private static final int KEYS_IN_ONE_STATEMENT = 5000;
    /** For the topics, in each portion of differing rows. */
    private static final Duration READING = Duration.ofSeconds(10);
    /** Kafka's times are the connector's, commit times the source's. */
    private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(1);
    /** Known classes of rows that stay wrong, so that topics are not read at every verification. */
    private static final int REMEMBERED = 20_000;

    private final Databases databases;
    private final Optional<Events> events;
    private final Map<Remembered, RowClass> remembered = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Remembered, RowClass> eldest) {
            return size() > REMEMBERED;
        }
    };

    /** @param sink the sink's row of that time, and nothing else decides but the events that were there by then */
    private record Remembered(String table, List<String> key, Look.Seen source, Look.Seen sink) {}

    private record Events(TopicScan scan, Topics topics, SinkPast past) {}

    @Inject
    RowEvidence(Databases databases, TopicScan scan, Topics topics, SinkPast past) {
        this.databases = databases;
        this.events = Optional.of(new Events(scan, topics, past));
    }

    /** Without topics. */
    RowEvidence(Databases databases) {
        this.databases = databases;
        this.events = Optional.empty();
    }

    /** Settles the class of each row that is proven to differ and has a general class. */
    synchronized void weigh(Collection<TableCheck> checks, Deadline deadline) {
        for (var check : checks) {
            var open = new ArrayList<Candidate>();
            for (var candidate : check.different()) {
                var general = candidate.rowClass() == RowClass.MISMATCH || candidate.rowClass() == RowClass.ORPHAN;
                var known = general ? remembered.get(remembered(check, candidate)) : null;
                if (known != null) {
                    candidate.prove(known);
                } else if (general && check.pair().keyed()) {
                    open.add(candidate);
                }
            }
            if (!open.isEmpty()) {
                weigh(check, open, deadline);
                open.forEach(candidate -> remembered.put(remembered(check, candidate), candidate.rowClass()));
            }
        }
    }

    private static Remembered remembered(TableCheck check, Candidate candidate) {
        return new Remembered(
                check.pair().id().label(),
                candidate.key(),
                candidate.last().after(),
                candidate.last().sink());
    }

    /**
     * What one side says of a row.
     *
     * @param placeholders positions of columns that hold Debezium's placeholder
     * @param lsn of the event that the sink says to have applied last; null where it says nothing, like the others
     * @param micros that event's commit time
     * @param transaction that wrote the row
     */
    private record Marks(Set<Integer> placeholders, Long lsn, Long micros, Long transaction) {
        static final Marks NONE = new Marks(Set.of(), null, null, null);
    }

    private void weigh(TableCheck check, List<Candidate> open, Deadline deadline) {
        var atSource = marks(check, open, databases.source(), TableSql.ofSource(check.pair()), deadline);
        var atSink = marks(check, open, databases.sink(), TableSql.ofSink(check.pair()), deadline);
        var positioned = new HashMap<List<String>, Candidate>();
        var marks = new HashMap<List<String>, Marks>();
        for (var i = 0; i < open.size(); i++) {
            var candidate = open.get(i);
            var sink = atSink.getOrDefault(i, Marks.NONE);
            var source = atSource.getOrDefault(i, Marks.NONE);
            var leaked = !source.placeholders.containsAll(sink.placeholders);
            if (leaked && candidate.rowClass() == RowClass.MISMATCH) {
                candidate.prove(RowClass.TOAST_LEAK);
            } else if (sink.lsn != null && sink.micros != null) {
                positioned.put(candidate.key(), candidate);
                marks.put(candidate.key(), sink);
            }
        }
        if (events.isPresent() && !positioned.isEmpty()) {
            var found = eventsOf(check.pair(), marks, events.get(), deadline.orSooner(READING));
            positioned.forEach(
                    (key, candidate) -> proven(candidate, marks.get(key), found.getOrDefault(key, List.of())));
        }
    }

    private static Map<Integer, Marks> marks(
            TableCheck check, List<Candidate> open, Database side, TableSql sql, Deadline deadline) {
        return side.inSnapshot(deadline, session -> {
            var marks = new HashMap<Integer, Marks>();
            for (var start = 0; start < open.size(); start += KEYS_IN_ONE_STATEMENT) {
                var part = open.subList(start, Math.min(open.size(), start + KEYS_IN_ONE_STATEMENT));
                var keys = part.stream().map(Candidate::key).toList();
                for (var row : session.rows(sql.marks(keys))) {
                    marks.put(
                            start + row.getInteger(0) - 1,
                            new Marks(
                                    Set.of(row.getArrayOfIntegers(1)), row.getLong(2), row.getLong(3), row.getLong(4)));
                }
            }
            return marks;
        });
    }

    /** The events of the given keys, from the oldest version on that the sink holds of any. */
    private static Map<List<String>, List<RowEvent>> eventsOf(
            TablePair pair, Map<List<String>, Marks> wanted, Events events, Deadline deadline) {
        var oldest = wanted.values().stream().mapToLong(Marks::micros).min().orElseThrow();
        var from = Instant.EPOCH.plus(Duration.ofNanos(oldest * 1000)).minus(CLOCKS_DIFFER);
        var keys = new EventKeys(pair);
        var found = new HashMap<List<String>, List<RowEvent>>();
        try {
            var complete = events.scan.read(
                    events.topics.of(pair.id()),
                    Optional.of(from),
                    deadline,
                    record -> keys.of(record.key())
                            .filter(wanted::containsKey)
                            .ifPresent(key -> RowEvent.of(record)
                                    .ifPresent(event -> found.computeIfAbsent(key, absent -> new ArrayList<>())
                                            .add(event))));
            if (!complete) {
                LOG.debugf("The topic of %s is too long to be read for the classes of differing rows", pair.id());
            }
        } catch (CheckImpossible e) {
            LOG.debugf("Classes of differing rows stay general: %s", e.getMessage());
        }
        return found;
    }

    /** Only where the sink's version is one of the row's own: otherwise its position says nothing of this row. */
    private void proven(Candidate candidate, Marks sink, List<RowEvent> events) {
        if (events.stream().noneMatch(event -> event.lsn() == sink.lsn && !event.isDelete())) {
            return;
        }
        if (candidate.rowClass() == RowClass.MISMATCH && events.stream().anyMatch(event -> isNewer(event, sink))) {
            candidate.prove(RowClass.STALE);
        }
        if (candidate.rowClass() == RowClass.ORPHAN
                && events.stream().filter(RowEvent::isDelete).anyMatch(delete -> cameBack(delete, sink, events))) {
            candidate.prove(RowClass.RESURRECTED);
        }
    }

    /** Also by time: after the source was restored, its positions begin at lower ones again. */
    private static boolean isNewer(RowEvent event, Marks sink) {
        return event.lsn() > sink.lsn && event.micros() >= sink.micros;
    }

    private boolean cameBack(RowEvent delete, Marks sink, List<RowEvent> events) {
        if (!isNewer(delete, sink)) {
            return false;
        }
        var sentAgain = events.stream()
                .anyMatch(event -> event.lsn() == sink.lsn
                        && !event.isDelete()
                        && event.partition().equals(delete.partition())
                        && event.offset() > delete.offset());
        var passed = this.events.get().past.passed(delete.partition(), delete.offset());
        return sentAgain || passed.isPresent() && sink.transaction != null && sink.transaction >= passed.getAsLong();
    }
}
