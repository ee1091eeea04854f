package dev.failureaware.cdc.verifier;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Cursor;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Rows of a result, read in portions ahead of their use. Lives as long as the transaction that it is read in. */
final class RowStream {
    /** With keys of some hundred bytes less than a megabyte. */
    private static final int ROWS_AT_ONCE = 1000;

    private final Function<Uni<RowSet<Row>>, RowSet<Row>> await;
    private final CompletionStage<Cursor> cursor;
    private final Deque<Row> rows = new ArrayDeque<>();
    private CompletionStage<RowSet<Row>> next;

    RowStream(CompletionStage<Cursor> cursor, Function<Uni<RowSet<Row>>, RowSet<Row>> await) {
        this.cursor = cursor;
        this.await = await;
        this.next = cursor.thenCompose(RowStream::read);
    }

    private static CompletionStage<RowSet<Row>> read(Cursor cursor) {
        return cursor.read(ROWS_AT_ONCE).subscribeAsCompletionStage();
    }

    /** The next row, which stays the next one; null after the last. */
    Row peek() {
        while (rows.isEmpty() && next != null) {
            var wanted = next;
            await.apply(Uni.createFrom().completionStage(wanted)).forEach(rows::add);
            next = cursor.toCompletableFuture().join().hasMore() ? cursor.thenCompose(RowStream::read) : null;
        }
        return rows.peek();
    }

    Row take() {
        var row = peek();
        rows.poll();
        return row;
    }
}
