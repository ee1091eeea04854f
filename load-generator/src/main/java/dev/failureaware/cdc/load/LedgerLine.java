package dev.failureaware.cdc.load;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;

/**
 * One line of the ledger. An intent and its outcome carry the same number; outcomes have neither run nor kind.
 *
 * @param n counts intents over all restarts
 * @param run counts lives of the generator on this database; part of every external id
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@RegisterForReflection
record LedgerLine(long n, Long run, Instant at, String kind, State state, List<Effect> effects) {
    enum State {
        /** Noted before anything is sent. Without an outcome line the generator died: nobody knows. */
        @JsonProperty("intent")
        INTENT,
        /** The database confirmed the commit. */
        @JsonProperty("acknowledged")
        ACKNOWLEDGED,
        /** Certainly not committed. */
        @JsonProperty("failed")
        FAILED,
        /** COMMIT was sent and no answer came: all of the effects happened, or none. */
        @JsonProperty("unknown")
        UNKNOWN
    }

    static LedgerLine intent(long n, long run, Instant at, Change change) {
        return new LedgerLine(n, run, at, change.operation().text(), State.INTENT, change.expected());
    }

    static LedgerLine outcome(long n, Instant at, Outcome outcome) {
        return new LedgerLine(n, null, at, null, outcome.state(), outcome.effects());
    }
}
