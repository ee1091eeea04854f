package dev.failureaware.cdc.load;

import java.util.List;

/**
 * What became of a change.
 *
 * @param effects as the database reported them before COMMIT; empty when failed
 * @param cause why it is not acknowledged, else null
 */
record Outcome(LedgerLine.State state, List<Effect> effects, DatabaseException cause) {
    static Outcome acknowledged(List<Effect> effects) {
        return new Outcome(LedgerLine.State.ACKNOWLEDGED, effects, null);
    }

    static Outcome failed(DatabaseException cause) {
        return new Outcome(LedgerLine.State.FAILED, List.of(), cause);
    }

    static Outcome unknown(List<Effect> effects, DatabaseException cause) {
        return new Outcome(LedgerLine.State.UNKNOWN, effects, cause);
    }

    boolean isAcknowledged() {
        return state == LedgerLine.State.ACKNOWLEDGED;
    }
}
