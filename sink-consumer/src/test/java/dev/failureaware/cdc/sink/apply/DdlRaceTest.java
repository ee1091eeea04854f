package dev.failureaware.cdc.sink.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.impl.NoStackTraceThrowable;
import io.vertx.pgclient.PgException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What two lanes or replicas do to each other is over when one of them has ended. */
class DdlRaceTest {
    private static PgException uniqueViolation(String schema) {
        return new PgException(
                "duplicate key value violates unique constraint",
                "ERROR",
                "23505",
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                schema,
                "t",
                null,
                null,
                "c");
    }

    @ParameterizedTest
    @ValueSource(strings = {"pg_catalog", "_cdc"})
    void theSameThingCreatedTwiceIsTriedAgain(String schema) {
        assertThat(FailureKind.of(uniqueViolation(schema))).isEqualTo(FailureKind.TRANSIENT);
    }

    @Test
    void aRowOfTheUsersIsNoRace() {
        assertThat(FailureKind.of(uniqueViolation("public"))).isNotEqualTo(FailureKind.TRANSIENT);
    }

    @Test
    void aConnectionThatWasClosedBeforeAStatementWasSentIsTriedAgain() {
        assertThat(FailureKind.of(new CompletionException(new NoStackTraceThrowable("Connection is not active now"))))
                .isEqualTo(FailureKind.TRANSIENT);
    }
}
