package dev.failureaware.cdc.sink.apply;

import dev.failureaware.cdc.model.SinkBookkeeping;
import io.vertx.core.VertxException;
import io.vertx.core.impl.NoStackTraceThrowable;
import io.vertx.pgclient.PgException;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.TimeoutException;

/** What a failure of {@link PlanApplier} calls for. Decided here and nowhere else. */
public enum FailureKind {
    /**
     * The database is away, busy, chose this transaction as a victim, or does not let this client in (yet): the same batch
     * again, as long as it takes.
     */
    TRANSIENT,
    /** Another consumer owns the partitions: drop the batch and ask the group again. */
    FENCED,
    /** The database refuses the data or the statement: repeating cannot help. Stop, say so, lose nothing. */
    FATAL;

    /**
     * SQLSTATE classes: connection exception, invalid authorization (the role or its password is not there yet), invalid
     * catalog name (the database is not), transaction rollback, insufficient resources, operator intervention (among it
     * statement timeout and shutdown), system error; and single codes: lock not available, insufficient privilege, a table
     * that another transaction has just created or extended.
     */
    private static final Set<String> TRANSIENT_CLASSES = Set.of("08", "28", "3D", "40", "53", "57", "58");

    private static final Set<String> TRANSIENT_CODES = Set.of("55P03", "42501", "42P07", "42701", "42710", "42P06");

    private static final String UNIQUE_VIOLATION = "23505";

    /** Undefined column, table and conflict target; a column of another type than the expression's. */
    private static final Set<String> STALE_CODES = Set.of("42703", "42P01", "42P10", "42804");

    public static FailureKind of(Throwable failure) {
        if (failure instanceof FencedException) {
            return FENCED;
        }
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof PgException database) {
                var state = database.getSqlState();
                return state == null
                                || TRANSIENT_CLASSES.contains(state.substring(0, 2))
                                || TRANSIENT_CODES.contains(state)
                                || isRaceOfDdl(database)
                        ? TRANSIENT
                        : FATAL;
            }
            // The last is how the client says that a connection was closed before a statement was sent.
            if (cause instanceof IOException
                    || cause instanceof VertxException
                    || cause instanceof TimeoutException
                    || cause instanceof NoStackTraceThrowable) {
                return TRANSIENT;
            }
        }
        return FATAL;
    }

    /** Two lanes or replicas create or change the same thing at once: the server's own catalog, or ours, has it already. */
    private static boolean isRaceOfDdl(PgException failure) {
        return UNIQUE_VIOLATION.equals(failure.getSqlState())
                && ("pg_catalog".equals(failure.getSchema()) || SinkBookkeeping.SCHEMA.equals(failure.getSchema()));
    }

    /** Whether what was known of a table can be the reason: another lane, replica or person has changed it since. */
    static boolean mayBeStaleKnowledge(Throwable failure) {
        return failure instanceof PgException database && STALE_CODES.contains(database.getSqlState());
    }
}
