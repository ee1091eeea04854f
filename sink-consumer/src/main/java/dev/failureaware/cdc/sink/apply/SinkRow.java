package dev.failureaware.cdc.sink.apply;

import static dev.failureaware.cdc.model.Identifiers.quote;

import dev.failureaware.cdc.model.SinkBookkeeping;
import dev.failureaware.cdc.sink.decode.Decoded.RowChange;
import dev.failureaware.cdc.sink.decode.Operation;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Which event a row of the sink was last written by.
 *
 * @param after an lsn that the event's transaction committed after; negative where that is not proven
 */
record SinkRow(String operation, long lsn, long after) {

    /** The row that the change is about, as its table stands now; empty where there is none, or no such table. */
    static Uni<Optional<SinkRow>> find(SqlConnection connection, RowChange change) {
        return SinkCatalog.load(connection, change.shape().table()).chain(sink -> {
            var key = OlderShapes.places(change.shape().keyColumns(), sink);
            if (!sink.columns().keySet().containsAll(key) || !sink.has(SinkBookkeeping.AFTER)) {
                return Uni.createFrom().item(Optional.empty());
            }
            var match = IntStream.range(0, key.size())
                    .mapToObj(i -> quote(key.get(i)) + " = $" + (i + 1) + "::text::" + sink.castType(key.get(i)))
                    .collect(Collectors.joining(" AND "));
            var values = Tuple.tuple();
            change.key().forEach(values::addString);
            return connection
                    .preparedQuery("SELECT " + SinkBookkeeping.OP + "::text, " + SinkBookkeeping.LSN + ", "
                            + SinkBookkeeping.AFTER + " FROM "
                            + change.shape().table().quoted() + " WHERE " + match)
                    .execute(values)
                    .map(rows -> rows.size() == 0
                            ? Optional.empty()
                            : Optional.of(rows.iterator().next())
                                    .map(row -> new SinkRow(
                                            row.getString(0), orZero(row.getLong(1)), orZero(row.getLong(2)))));
        });
    }

    private static long orZero(Long value) {
        return value == null ? 0 : value;
    }

    /**
     * Whether the row is newer than a change that was put aside. The lsn tells between two streamed changes of one row, as
     * each waited for the other's lock. It does not tell where one of them is a snapshot's: a transaction in flight at the
     * snapshot commits after it with a smaller lsn.
     *
     * @param changeAfter the same of the change; where it is not proven, a snapshot's row is not taken for newer
     */
    boolean isNewerThan(RowChange change, long changeAfter) {
        var ofSnapshot = Operation.SNAPSHOT_READ.code().equals(operation);
        if (change.source().ofSnapshot()) {
            return ofSnapshot
                    ? Long.compareUnsigned(lsn, change.source().lsn()) > 0
                    : Math.abs(after) >= change.source().lsn();
        }
        return ofSnapshot
                ? changeAfter >= 0 && Math.abs(after) > changeAfter
                : Long.compareUnsigned(lsn, change.source().lsn()) > 0;
    }
}
