package dev.failureaware.cdc.verifier;

import dev.failureaware.cdc.model.Verdict;
import java.time.Duration;

/**
 * How hard a verification tries.
 *
 * @param limit for the whole verification
 * @param fenceLimit for one fence
 * @param whenSinkIsLate verdict when only events in flight are in the way of a fence
 */
record Effort(Duration limit, Duration fenceLimit, Verdict whenSinkIsLate) {
    /** Somebody waits for a verdict and said how long: then no verdict is an answer too. */
    static Effort onDemand(Duration timeout) {
        return new Effort(timeout, timeout, Verdict.UNKNOWN);
    }

    static Effort scheduled(VerifierConfig config) {
        return new Effort(config.scheduledLimit(), config.scheduledFenceLimit(), Verdict.SYNC_IN_PROGRESS);
    }
}
