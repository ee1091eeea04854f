package dev.failureaware.cdc.verifier;

import dev.failureaware.cdc.model.SinkBookkeeping;
import dev.failureaware.cdc.model.TableId;
import io.vertx.mutiny.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/** Reads how far the sink is: from what it wrote in the transactions that wrote the rows, or from its group's offsets. */
@ApplicationScoped
class SinkProgress {
    private final Databases databases;
    private final Backlog backlog;
    private final SinkPast past;
    private final TopicEnds ends;
    private final Optional<String> group;

    SinkProgress(Databases databases, Backlog backlog, SinkPast past, TopicEnds ends, VerifierConfig config) {
        this.databases = databases;
        this.backlog = backlog;
        this.past = past;
        this.ends = ends;
        this.group = config.sinkGroup();
    }

    /** Offsets of the first record of each partition that is not applied. One reader at a time, so that none tells old news. */
    synchronized Map<TopicPartition, Long> refresh(Deadline deadline) {
        if (group.isPresent()) {
            var committed = ends.ofGroup(group.get(), deadline);
            backlog.applied(committed);
            return committed;
        }
        var offsets = new HashMap<TopicPartition, Long>();
        var rows = rows(
                deadline,
                SinkBookkeeping.OFFSETS,
                "SELECT topic, partition, next_offset, pg_snapshot_xmax(pg_current_snapshot())::text::bigint FROM %s");
        rows.forEach(row -> offsets.put(new TopicPartition(row.getString(0), row.getInteger(1)), row.getLong(2)));
        backlog.applied(offsets);
        rows.stream().findFirst().ifPresent(row -> past.seen(offsets, row.getLong(3)));
        return offsets;
    }

    /** Events that the sink recognised as sent before, since its tables were made. */
    long duplicatesAbsorbed(Deadline deadline) {
        return rows(deadline, SinkBookkeeping.OFFSETS, "SELECT coalesce(sum(duplicates), 0)::bigint FROM %s").stream()
                .mapToLong(row -> row.getLong(0))
                .sum();
    }

    /**
     * Tables whose snapshot is applied while rows that it did not hold are not removed yet. That work follows no offset, so
     * until it is done such rows prove nothing.
     */
    List<String> pendingSweeps(Deadline deadline) {
        return rows(
                        deadline,
                        SinkBookkeeping.SNAPSHOTS,
                        "SELECT DISTINCT schema_name || '.' || table_name FROM %1$s AS s WHERE swept_at IS NULL"
                                + " AND (table_complete OR EXISTS"
                                + " (SELECT FROM %1$s AS a WHERE a.lsn = s.lsn AND a.all_complete)) ORDER BY 1")
                .stream()
                .map(row -> row.getString(0))
                .toList();
    }

    /** Those that were neither replayed nor settled in another way. */
    List<Parked> parked(Deadline deadline) {
        return rows(
                        deadline,
                        SinkBookkeeping.PARKED,
                        "SELECT topic, count(*), min(reason) FROM %s WHERE outcome IS NULL GROUP BY topic ORDER BY topic")
                .stream()
                .map(row -> new Parked(row.getString(0), row.getLong(1), row.getString(2)))
                .toList();
    }

    /** Tables whose events wait because their schema changed in a way that needs a decision. */
    List<Stopped> stopped(Deadline deadline) {
        return rows(
                        deadline,
                        SinkBookkeeping.STOPPED,
                        "SELECT schema_name, table_name, min(reason), count(*) FROM %s AS s WHERE waiting_offset >= coalesce("
                                + "(SELECT next_offset FROM " + SinkBookkeeping.OFFSETS.quoted()
                                + " AS o WHERE (o.topic, o.partition) = (s.topic, s.partition)), 0) GROUP BY 1, 2 ORDER BY 1, 2")
                .stream()
                .map(row ->
                        new Stopped(new TableId(row.getString(0), row.getString(1)), row.getString(2), row.getLong(3)))
                .toList();
    }

    /** @param partitions in which an event of it waits, and everything behind it */
    record Stopped(TableId table, String reason, long partitions) {}

    /** What was ever parked of the partitions. */
    Map<Place, Outcome> parked(Collection<TopicPartition> partitions, Deadline deadline) {
        var parked = new HashMap<Place, Outcome>();
        for (var partition : partitions) {
            rows(
                            deadline,
                            SinkBookkeeping.PARKED,
                            "SELECT \"offset\", reason, outcome FROM %s WHERE topic = $1 AND partition = $2",
                            partition.topic(),
                            partition.partition())
                    .forEach(row -> parked.put(
                            new Place(partition, row.getLong(0)), new Outcome(row.getString(1), row.getString(2))));
        }
        return parked;
    }

    record Place(TopicPartition partition, long offset) {}

    /** @param outcome null while it is parked */
    record Outcome(String reason, String outcome) {}

    /** Before the sink's first start there is no bookkeeping, and nothing is applied. */
    private List<Row> rows(Deadline deadline, TableId table, String sql, Object... parameters) {
        var sink = databases.sink();
        try {
            return sink.execute(deadline, sql.formatted(table.quoted()), parameters);
        } catch (CheckImpossible.ShapeChanged e) {
            if (sink.execute(deadline, "SELECT to_regclass($1) IS NULL", table.quoted())
                    .get(0)
                    .getBoolean(0)) {
                return List.of();
            }
            throw e;
        }
    }

    /** Records of a topic that the sink could not apply and put aside. */
    record Parked(String topic, long records, String reason) {}
}
