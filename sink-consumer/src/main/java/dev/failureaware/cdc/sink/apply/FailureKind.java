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
    /** The database does not take the values of some row, now or ever: that row is to be found and parked. */
    REFUSED,
    /** A row has not left its old key yet, in another partition: the same batch again soon, or that partition waits. */
    AWAITED,
    /** A constraint that depends on other rows is hurt: they may come yet, from another partition. */
    ORDER,
    /** The database refuses the statement: repeating cannot help. Stop, say so, lose nothing. */
    FATAL;

    /**
     * SQLSTATE classes: connection exception, invalid authorization (the role or its password is not there yet), invalid
     * catalog name (the database is not), transaction rollback, insufficient resources, operator intervention (among it
     * statement timeout and shutdown), system error; and single codes: idle in a transaction for too long, lock not available, insufficient privilege, a table
     * that another transaction has just created or extended.
     */
    private static final Set<String> TRANSIENT_CLASSES = Set.of("08", "28", "3D", "40", "53", "57", "58");

    private static final Set<String> TRANSIENT_CODES =
            Set.of("25P03", "55P03", "42501", "42P07", "42701", "42710", "42P06");

    private static final String UNIQUE_VIOLATION = "23505";

    /** Undefined column, table and conflict target; a column of another type than the expression's. */
    private static final Set<String> STALE_CODES = Set.of("42703", "42P01", "42P10", "42804");

    /**
     * Data exception; cardinality violation (two keys of a batch are one at the sink), raised by a trigger, limit exceeded
     * (such as the longest index entry); not null, check and check option, no cast, generated column.
     */
    private static final Set<String> REFUSED_CLASSES = Set.of("21", "22", "44", "54", "P0");

    private static final Set<String> REFUSED_CODES = Set.of("23502", "23514", "42804", "42846", "428C9");

    /** Foreign key, restrict, unique, exclusion. */
    private static final Set<String> ORDER_CODES = Set.of("23503", "23001", "23505", "23P01");

    public static FailureKind of(Throwable failure) {
        if (failure instanceof FencedException) {
            return FENCED;
        }
        if (failure instanceof AwaitedRowException) {
            return AWAITED;
        }
        if (failure instanceof UntoldRowException) {
            return REFUSED;
        }
        if (failure instanceof ParkedChangedException || failure instanceof UnreachableException) {
            return TRANSIENT;
        }
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof PgException database) {
                return isRaceOfDdl(database) ? TRANSIENT : of(database.getSqlState());
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

    private static FailureKind of(String state) {
        if (state == null || TRANSIENT_CLASSES.contains(state.substring(0, 2)) || TRANSIENT_CODES.contains(state)) {
            return TRANSIENT;
        }
        if (ORDER_CODES.contains(state)) {
            return ORDER;
        }
        return REFUSED_CLASSES.contains(state.substring(0, 2)) || REFUSED_CODES.contains(state) ? REFUSED : FATAL;
    }
}
