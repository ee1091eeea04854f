package dev.failureaware.cdc.sink.apply;

import static dev.failureaware.cdc.model.Identifiers.quote;

import io.vertx.pgclient.PgException;
import java.time.Duration;

/**
 * What the sink database said against a row, without the row's contents, which are in the record.
 *
 * @param sqlState null where it was not the database
 */
public record Refusal(String reason, String sqlState) {

    public static Refusal of(Throwable failure) {
        var database = database(failure);
        return database == null
                ? new Refusal(String.valueOf(failure.getMessage()), null)
                : new Refusal(text(database), database.getSqlState());
    }

    /** Of a constraint that depends on other rows, after so much patience; with the way out. */
    public static Refusal ofConstraint(Throwable failure, Duration patience) {
        var database = database(failure);
        var refusal = of(failure);
        if (database == null || database.getConstraint() == null) {
            return refusal;
        }
        var table = database.getTable() == null
                ? "its table"
                : quote(database.getSchema()) + "." + quote(database.getTable());
        return new Refusal(
                "%s (still so after %d s). Events of different partitions come in any order, so a constraint between rows can be"
                                .formatted(refusal.reason, patience.toSeconds())
                        + " hurt for a while by a source that never hurts it: drop constraint or index "
                        + quote(database.getConstraint()) + " of " + table + " at the sink, then replay",
                refusal.sqlState);
    }

    private static PgException database(Throwable failure) {
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof PgException database) {
                return database;
            }
        }
        return null;
    }

    private static String text(PgException failure) {
        var column = failure.getColumn();
        return failure.getErrorMessage() + (column == null ? "" : " (column " + quote(column) + ")");
    }
}
