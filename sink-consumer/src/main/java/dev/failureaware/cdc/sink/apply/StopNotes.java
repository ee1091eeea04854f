package dev.failureaware.cdc.sink.apply;

import dev.failureaware.cdc.model.SinkBookkeeping;
import dev.failureaware.cdc.model.TableId;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import org.apache.kafka.common.TopicPartition;

/**
 * Writes down which tables are stopped, for others to read: nothing in the sink depends on it. A note counts for as long as its
 * partition's stored offset has not passed it, so it needs no end, and none is lost or left over by a crash.
 */
@ApplicationScoped
public class StopNotes {
    private static final String TABLE = SinkBookkeeping.STOPPED.quoted();

    static final String CREATE = "CREATE TABLE IF NOT EXISTS " + TABLE + """
             (topic text, partition int, waiting_offset bigint NOT NULL, schema_name text NOT NULL, table_name text NOT NULL,
              reason text NOT NULL, since timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (topic, partition))""";

    private final Pool pool;

    StopNotes(Pool pool) {
        this.pool = pool;
    }

    /** @param offset of the first record that waits */
    public record Note(TopicPartition partition, long offset, TableId table, String reason) {}

    public Uni<Void> write(Collection<Note> notes) {
        return pool.preparedQuery("INSERT INTO " + TABLE + """
                         AS s (topic, partition, waiting_offset, schema_name, table_name, reason) VALUES ($1, $2, $3, $4, $5, $6)
                        ON CONFLICT (topic, partition) DO UPDATE SET waiting_offset = excluded.waiting_offset,
                            schema_name = excluded.schema_name, table_name = excluded.table_name, reason = excluded.reason,
                            since = CASE WHEN s.waiting_offset = excluded.waiting_offset THEN s.since ELSE now() END
                        WHERE (s.waiting_offset, s.schema_name, s.table_name, s.reason) IS DISTINCT FROM
                            (excluded.waiting_offset, excluded.schema_name, excluded.table_name, excluded.reason)""")
                .executeBatch(notes.stream()
                        .map(note -> Tuple.of(
                                note.partition.topic(),
                                note.partition.partition(),
                                note.offset,
                                note.table.schema(),
                                note.table.name(),
                                note.reason))
                        .toList())
                .replaceWithVoid();
    }
}
