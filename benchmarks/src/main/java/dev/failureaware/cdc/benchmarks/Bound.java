package dev.failureaware.cdc.benchmarks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * The plain SQL that a sink can hope to come near to: the same changes from memory, in order, in batches folded to one change
 * per key, each batch one transaction of at most one {@code INSERT … SELECT FROM unnest(…) ON CONFLICT DO UPDATE} with typed
 * arrays and one {@code DELETE}, over one JDBC connection, without any column or table of bookkeeping.
 */
final class Bound {
    static final String LABEL = "bound";
    static final int BATCH = 5000;

    private static final String STATEMENT =
            Table.COLUMNS.stream().map(column -> "?::" + column.type() + "[]").collect(Collectors.joining(", "));

    private final TestBed bed;

    Bound(TestBed bed) {
        this.bed = bed;
    }

    Map<String, Object> settings() {
        var settings = new LinkedHashMap<String, Object>();
        settings.put("batch", BATCH);
        settings.put("connections", 1);
        settings.put("statement", upsert(new Table("t")));
        return settings;
    }

    Drain.Outcome run(Topic topic, List<Change> changes) throws SQLException {
        bed.freshSink(Optional.of(topic.table()));
        try (var sink = bed.connect(TestBed.SINK, TestBed.SINK_ROLE);
                var upsert = sink.prepareStatement(upsert(topic.table()));
                var delete = sink.prepareStatement("DELETE FROM %s t USING unnest(?::uuid[]) AS d(id) WHERE t.id = d.id"
                        .formatted(topic.table().qualified()))) {
            sink.setAutoCommit(false);
            var first = 0L;
            // A first one that does not count, and some that do, however few there are.
            var batch = Math.min(BATCH, changes.size() / 4);
            for (var from = 0; from < changes.size(); from += batch) {
                apply(changes.subList(from, Math.min(changes.size(), from + batch)), sink, upsert, delete);
                sink.commit();
                if (from == 0) {
                    first = System.nanoTime();
                }
            }
            var took = Duration.ofNanos(System.nanoTime() - first);
            Drain.compare(bed, topic, "true");
            return new Drain.Outcome(changes.size(), batch, took, OptionalLong.empty());
        }
    }

    private static String upsert(Table table) {
        return "INSERT INTO %s (%s) SELECT * FROM unnest(%s) ON CONFLICT (id) DO UPDATE SET %s"
                .formatted(
                        table.qualified(),
                        Table.columns(),
                        STATEMENT,
                        Table.COLUMNS.stream()
                                .map(Table.Column::name)
                                .filter(name -> !name.equals("id"))
                                .map(name -> name + " = excluded." + name)
                                .collect(Collectors.joining(", ")));
    }

    private static void apply(List<Change> batch, Connection sink, PreparedStatement upsert, PreparedStatement delete)
            throws SQLException {
        var folded = new LinkedHashMap<Object, Change>();
        batch.forEach(change -> folded.put(change.id(), change));
        var rows = new ArrayList<Object[]>(folded.size());
        var gone = new ArrayList<Object>();
        folded.values().forEach(change -> {
            if (change.values() == null) {
                gone.add(change.id());
            } else {
                rows.add(change.values());
            }
        });
        if (!rows.isEmpty()) {
            for (var i = 0; i < Table.COLUMNS.size(); i++) {
                var column = i;
                upsert.setArray(
                        i + 1,
                        sink.createArrayOf(
                                Table.COLUMNS.get(i).type(),
                                rows.stream().map(row -> row[column]).toArray()));
            }
            upsert.executeUpdate();
        }
        if (!gone.isEmpty()) {
            delete.setArray(1, sink.createArrayOf("uuid", gone.toArray()));
            delete.executeUpdate();
        }
    }
}
