package dev.failureaware.cdc.load;

import io.vertx.pgclient.PgException;
import java.util.Optional;

/** The database refused a statement, or could not be reached, or did not answer in time. */
final class DatabaseException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String sqlState;

    DatabaseException(Throwable cause) {
        super(cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage(), cause);
        sqlState = refusal(cause).map(PgException::getSqlState).orElse(null);
    }

    private static Optional<PgException> refusal(Throwable cause) {
        for (var link = cause; link != null; link = link.getCause()) {
            if (link instanceof PgException refused) {
                return Optional.of(refused);
            }
        }
        return Optional.empty();
    }

    /**
     * Whether the server answered a COMMIT by rolling back. A server that ends the session (class 57) or loses it (08) may
     * have committed before, for instance while it waited for a standby.
     */
    boolean saysRolledBack() {
        return sqlState != null && !sqlState.startsWith("57") && !sqlState.startsWith("08");
    }
}
