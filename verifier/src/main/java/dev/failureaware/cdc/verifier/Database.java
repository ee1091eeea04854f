package dev.failureaware.cdc.verifier;

import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.PreparedStatement;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import io.vertx.pgclient.PgException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** The source or the sink, read by blocking calls from worker threads; no call outlasts the deadline it is given. */
final class Database {
    /**
     * Text forms must not depend on a server's or a role's settings. Memory and workers of a statement are bounded, and a server
     * whose client was killed notices it within a second instead of finishing the statement for nobody.
     */
    private static final String BEGIN = """
            BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
            SET LOCAL TimeZone = 'UTC';
            SET LOCAL DateStyle = 'ISO, YMD';
            SET LOCAL IntervalStyle = 'iso_8601';
            SET LOCAL extra_float_digits = 3;
            SET LOCAL bytea_output = 'hex';
            SET LOCAL lc_monetary = 'C';
            SET LOCAL xmloption = 'content';
            SET LOCAL search_path = public;
            SET LOCAL jit = off;
            SET LOCAL work_mem = '64MB';
            SET LOCAL max_parallel_workers_per_gather = %2$d;
            SET LOCAL client_connection_check_interval = '1s';
            SET LOCAL statement_timeout = %1$d;
            SET LOCAL idle_in_transaction_session_timeout = %1$d""";

    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);

    /** undefined_column, undefined_table, invalid_schema_name, datatype_mismatch, undefined_function, cached plan. */
    private static final Set<String> SHAPE_CHANGED = Set.of("42703", "42P01", "3F000", "42804", "42883", "0A000");

    private final String name;
    private final Pool pool;
    private final int parallelWorkers;

    /** @param parallelWorkers most processes that may help with one statement */
    Database(String name, Pool pool, int parallelWorkers) {
        this.name = name;
        this.pool = pool;
        this.parallelWorkers = parallelWorkers;
    }

    /**
     * Runs the work in one read-only transaction, all of it in one snapshot, which is taken by the first query. The server
     * ends the transaction by itself when this process dies or stalls.
     */
    <T> T inSnapshot(Deadline deadline, Function<Session, T> work) {
        var connection = connect(deadline);
        try {
            var session = new Session(connection, deadline);
            await(
                    connection
                            .query(BEGIN.formatted(deadline.remaining().toMillis() + 1000, parallelWorkers))
                            .execute(),
                    deadline);
            var result = work.apply(session);
            session.closeStreams();
            await(connection.query("COMMIT").execute(), deadline);
            return result;
        } catch (RuntimeException e) {
            // Queued behind whatever still runs; the connection goes back to the pool when both are done.
            connection
                    .query("ROLLBACK")
                    .execute()
                    .onFailure()
                    .recoverWithNull()
                    .subscribe()
                    .with(ignored -> {});
            throw e;
        } finally {
            connection.close().subscribe().with(ignored -> {}, failure -> {});
        }
    }

    /** One statement in a transaction of its own, with the server's settings. */
    List<Row> execute(Deadline deadline, String sql, Object... parameters) {
        var connection = connect(deadline);
        try {
            return new Session(connection, deadline).rows(sql, parameters);
        } finally {
            connection.close().subscribe().with(ignored -> {}, failure -> {});
        }
    }

    /** A connection that comes when nobody waits for it any more goes back; the pool would miss it for good. */
    private SqlConnection connect(Deadline deadline) {
        var coming = pool.getConnection().subscribeAsCompletionStage();
        try {
            // Giving up cancels the copy only.
            return await(
                    Uni.createFrom().completionStage(coming.thenApply(Function.identity())),
                    deadline.orSooner(CONNECT_LIMIT));
        } catch (CheckImpossible givenUp) {
            coming.thenAccept(late -> late.close().subscribe().with(ignored -> {}, failure -> {}));
            throw givenUp;
        }
    }

    private <T> T await(Uni<T> uni, Deadline deadline) {
        try {
            return uni.await().atMost(deadline.remaining());
        } catch (TimeoutException e) {
            throw new CheckImpossible("the " + name + " database did not answer in time", e);
        } catch (RuntimeException e) {
            throw classified(e);
        }
    }

    private CheckImpossible classified(RuntimeException failure) {
        var cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof PgException refused) {
            var reason = "the %s database answered: %s (%s)"
                    .formatted(name, refused.getErrorMessage(), refused.getSqlState());
            return SHAPE_CHANGED.contains(refused.getSqlState())
                    ? new CheckImpossible.ShapeChanged(reason, cause)
                    : new CheckImpossible(reason, cause);
        }
        return new CheckImpossible("the " + name + " database is not reachable: " + cause.getMessage(), cause);
    }

    /** Queries of one connection. Statements are not cached, so that none outlives a change of its table. */
    final class Session {
        private final SqlConnection connection;
        private final Deadline deadline;
        private final List<CompletionStage<PreparedStatement>> streamed = new ArrayList<>();

        private Session(SqlConnection connection, Deadline deadline) {
            this.connection = connection;
            this.deadline = deadline;
        }

        List<Row> rows(String sql, Object... parameters) {
            var found = await(connection.preparedQuery(sql).execute(Tuple.from(Arrays.asList(parameters))), deadline);
            var rows = new ArrayList<Row>(found.size());
            found.forEach(rows::add);
            return rows;
        }

        List<Row> rows(Query query) {
            return rows(query.sql(), query.parameters());
        }

        /** Rows of a result that need not fit into memory. The server begins with it at once. */
        RowStream stream(Query query) {
            var statement = connection.prepare(query.sql()).subscribeAsCompletionStage();
            streamed.add(statement);
            var cursor = statement.thenApply(ready -> ready.cursor(Tuple.from(Arrays.asList(query.parameters()))));
            return new RowStream(cursor, next -> await(next, deadline));
        }

        private void closeStreams() {
            streamed.forEach(statement ->
                    await(Uni.createFrom().completionStage(statement).chain(PreparedStatement::close), deadline));
        }
    }
}
