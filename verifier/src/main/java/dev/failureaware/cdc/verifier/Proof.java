package dev.failureaware.cdc.verifier;

import dev.failureaware.cdc.model.Verdict;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What was proven last. A verification that could not tell, because the pipeline stands still or the verifier was started anew,
 * takes nothing back: a sink that was proven to be wrong is wrong until both sides are proven equal.
 *
 * @param equalAt when both sides were last proven equal; null when they never were
 * @param rows of the source, then; null when it is not known
 * @param wrongSince when the sink was first proven to be wrong after that; null unless it was
 * @param wrongAt when it was last proven to be wrong; null unless it was
 * @param reason of that
 * @param differences rows that differed then; null when it is not known
 * @param inThisLife whether this life of the verifier has proven anything
 */
record Proof(
        Instant equalAt,
        Long rows,
        Instant wrongSince,
        Instant wrongAt,
        String reason,
        Long differences,
        boolean inThisLife) {
    static final Proof NOTHING = new Proof(null, null, null, null, null, null, false);

    /** @param history of earlier lives, oldest first */
    static Proof of(List<History.Entry> history) {
        var proof = NOTHING;
        for (var entry : history) {
            proof = proof.after(entry.status(), entry.timestamp(), entry.reason(), entry.summary(), false);
        }
        return proof;
    }

    Proof after(Report report) {
        return after(report.status(), report.timestamp(), report.reason(), report.summary(), true);
    }

    private Proof after(Verdict status, Instant at, String why, Report.Summary summary, boolean inThisLife) {
        return switch (status) {
            case PASS -> new Proof(at, summary.totalSourceRows(), null, null, null, null, inThisLife);
            case FAIL ->
                new Proof(
                        equalAt,
                        rows,
                        Optional.ofNullable(wrongSince).orElse(at),
                        at,
                        why,
                        summary.differences(),
                        inThisLife);
            case SYNC_IN_PROGRESS, UNKNOWN -> this;
        };
    }

    /** Whether anything ever was. */
    boolean isThere() {
        return equalAt != null || sinkIsWrong();
    }

    boolean sinkIsWrong() {
        return wrongAt != null;
    }
}
