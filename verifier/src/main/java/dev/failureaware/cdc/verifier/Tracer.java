package dev.failureaware.cdc.verifier;

import dev.failureaware.cdc.model.TableId;
import io.vertx.pgclient.PgException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/** Follows one row through source, topic and sink. Reads all of the table's topic, so only one trace is made at a time. */
@ApplicationScoped
class Tracer {
    private static final int MOST_EVENTS = 1000;
    /** Class of what a server says to a text that is no value of its type. */
    private static final String DATA_EXCEPTION = "22";

    private final Databases databases;
    private final SchemaCheck schema;
    private final SinkProgress progress;
    private final TopicScan scan;
    private final Topics topics;

    Tracer(Databases databases, SchemaCheck schema, SinkProgress progress, TopicScan scan, Topics topics) {
        this.databases = databases;
        this.schema = schema;
        this.progress = progress;
        this.scan = scan;
        this.topics = topics;
    }

    /** There is no such table or key; the message says what there is. */
    static final class NoSuchRow extends RuntimeException {
        NoSuchRow(String message) {
            super(message);
        }
    }

    /**
     * @param key as reports write it: the value, or {@code column=value, column=value}
     * @throws IllegalArgumentException for a key that is no value of the key's type
     * @throws CheckImpossible when a database cannot be asked
     */
    synchronized Trace trace(TableId table, String key, Deadline deadline) {
        var shapes = schema.read(deadline);
        var source = shapes.source().get(table);
        if (source == null) {
            throw new NoSuchRow("no table %s is captured; there are %s"
                    .formatted(
                            table.label(),
                            shapes.source().keySet().stream()
                                    .map(TableId::label)
                                    .toList()));
        }
        var sink = shapes.sink().get(table);
        var pair = TablePair.of(source, sink == null ? source : sink);
        if (!pair.keyed()) {
            throw new NoSuchRow("table " + table.label() + " has no key, so no row of it can be told from others");
        }
        var wanted = parse(pair, key);
        var atSource = atSource(pair, key, wanted, deadline);
        // Before the sink is read, so that what it is past is in its row.
        var applied = progress.refresh(deadline);
        var atSink = sink == null ? Row.NONE : row(pair, TableSql.ofSink(pair), databases.sink(), wanted, deadline);
        var events = new ArrayList<RowEvent>();
        var incomplete = events(pair, wanted, events, deadline);
        return new Trace(
                table.label(),
                key,
                verdict(atSource, atSink),
                atSource.shown(),
                atSink.shown(),
                differing(atSource, atSink),
                atSink.seen.rows(),
                atSink.lsn == null ? null : new Trace.Version(atSink.lsn, time(atSink.micros)),
                fates(
                        events,
                        atSink,
                        sink != null && sink.tracked(),
                        applied,
                        progress.parked(wanted(events), deadline)),
                incomplete);
    }

    private Row atSource(TablePair pair, String key, List<String> wanted, Deadline deadline) {
        try {
            return row(pair, TableSql.ofSource(pair), databases.source(), wanted, deadline);
        } catch (CheckImpossible e) {
            if (e.getCause() instanceof PgException refused
                    && refused.getSqlState().startsWith(DATA_EXCEPTION)) {
                throw new IllegalArgumentException(
                        "'%s' is no key of table %s: %s"
                                .formatted(key, pair.id().label(), refused.getErrorMessage()),
                        e);
            }
            throw e;
        }
    }

    private static List<String> parse(TablePair pair, String key) {
        if (pair.key().size() == 1) {
            var name = pair.key().get(0).name();
            return List.of(key.startsWith(name + "=") ? key.substring(name.length() + 1) : key);
        }
        var names = pair.key().stream().map(ComparedColumn::name).toList();
        var form = Pattern.compile(
                names.stream().map(name -> Pattern.quote(name) + "=(.*)").collect(Collectors.joining(", ?")),
                Pattern.DOTALL);
        var found = form.matcher(key);
        if (!found.matches()) {
            throw new NoSuchRow("the key of this table is written "
                    + names.stream().map(name -> name + "=…").collect(Collectors.joining(", ")));
        }
        var parts = new ArrayList<String>();
        for (var i = 1; i <= names.size(); i++) {
            parts.add(found.group(i));
        }
        return parts;
    }

    private record Row(Map<String, String> values, Look.Seen seen, Long lsn, Long micros) {
        static final Row NONE = new Row(null, Look.Seen.NOTHING, null, null);

        Map<String, String> shown() {
            if (values == null) {
                return null;
            }
            var shown = new LinkedHashMap<String, String>();
            values.forEach((name, value) -> shown.put(name, DifferenceText.cut(value)));
            return shown;
        }
    }

    private static List<String> differing(Row source, Row sink) {
        return source.values == null || sink.values == null
                ? List.of()
                : source.values.keySet().stream()
                        .filter(name -> !Objects.equals(source.values.get(name), sink.values.get(name)))
                        .toList();
    }

    private static Row row(TablePair pair, TableSql sql, Database side, List<String> key, Deadline deadline) {
        var keys = List.of(key);
        return side.inSnapshot(deadline, session -> {
            var look = session.rows(sql.look(keys));
            if (look.isEmpty()) {
                return Row.NONE;
            }
            var texts = session.rows(sql.values(keys)).get(0).getArrayOfStrings(1);
            var values = new LinkedHashMap<String, String>();
            for (var i = 0; i < texts.length; i++) {
                values.put(pair.columns().get(i), texts[i]);
            }
            var marks = session.rows(sql.marks(keys)).get(0);
            var seen = new Look.Seen(
                    look.get(0).getLong(1), look.get(0).getLong(2), look.get(0).getLong(3));
            return new Row(values, seen, marks.getLong(2), marks.getLong(3));
        });
    }

    private static String verdict(Row source, Row sink) {
        var look = new Look(source.seen, sink.seen, source.seen);
        return look.finding().isDifference() ? RowClass.of(look).label() : "equal";
    }

    /** @return why it is not all of them */
    private String events(TablePair pair, List<String> wanted, List<RowEvent> found, Deadline deadline) {
        var keys = new EventKeys(pair);
        try {
            var complete = scan.read(topics.of(pair.id()), Optional.empty(), deadline, record -> {
                if (keys.of(record.key()).filter(wanted::equals).isPresent()) {
                    RowEvent.of(record).ifPresent(found::add);
                }
            });
            if (found.size() > MOST_EVENTS) {
                var left = found.size() - MOST_EVENTS;
                found.subList(0, left).clear();
                return left + " older events are left out";
            }
            return complete ? null : "the topic could not be read to its end in time";
        } catch (CheckImpossible e) {
            return e.getMessage();
        }
    }

    private static List<TopicPartition> wanted(List<RowEvent> events) {
        return events.stream().map(RowEvent::partition).distinct().toList();
    }

    private static List<Trace.Event> fates(
            List<RowEvent> events,
            Row sink,
            boolean tracked,
            Map<TopicPartition, Long> applied,
            Map<SinkProgress.Place, SinkProgress.Outcome> parked) {
        events.sort(Comparator.comparing((RowEvent event) -> event.partition().partition())
                .thenComparing(RowEvent::offset));
        var seen = new HashMap<String, Long>();
        var traced = new ArrayList<Trace.Event>();
        for (var event : events) {
            var first = seen.putIfAbsent(event.op() + event.lsn(), event.offset());
            var put = parked.get(new SinkProgress.Place(event.partition(), event.offset()));
            Trace.Fate fate;
            String reason = null;
            if (put != null) {
                fate = put.outcome() == null
                        ? Trace.Fate.PARKED
                        : put.outcome().equals("replayed") ? Trace.Fate.REPLAYED : Trace.Fate.SETTLED;
                reason = put.outcome() == null ? put.reason() : put.outcome() + ", was: " + put.reason();
            } else if (event.offset() >= applied.getOrDefault(event.partition(), 0L)) {
                fate = Trace.Fate.WAITING;
            } else if (first != null) {
                fate = Trace.Fate.DUPLICATE;
                reason = "as at offset " + first;
            } else {
                fate = fate(event, sink, tracked);
            }
            traced.add(new Trace.Event(
                    event.partition().topic(),
                    event.partition().partition(),
                    event.offset(),
                    event.op(),
                    event.lsn(),
                    time(event.micros()),
                    event.arrived(),
                    fate,
                    reason,
                    event.values()));
        }
        return traced;
    }

    private static Trace.Fate fate(RowEvent event, Row sink, boolean tracked) {
        if (sink.values == null) {
            return tracked && event.isDelete() ? Trace.Fate.APPLIED : Trace.Fate.PASSED;
        }
        if (sink.lsn == null) {
            return Trace.Fate.PASSED;
        }
        if (event.lsn() == sink.lsn && !event.isDelete()) {
            return Trace.Fate.APPLIED;
        }
        return event.lsn() > sink.lsn && event.micros() >= sink.micros ? Trace.Fate.NOT_APPLIED : Trace.Fate.REPLACED;
    }

    private static Instant time(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
}
