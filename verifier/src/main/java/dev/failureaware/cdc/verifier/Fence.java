package dev.failureaware.cdc.verifier;

import dev.failureaware.cdc.model.Lsn;
import dev.failureaware.cdc.model.TableId;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;

/** Proves that the sink is past a moment of the source. */
interface Fence {
    /** A moment of the source, given by its position in the log, that the sink is past. */
    record Passed(Lsn lsn, Instant committedAt, Duration reachedAfter) {}

    /**
     * Fixes a moment after all that is committed now, and waits until the sink is past it.
     *
     * @param tables whose events count
     */
    Passed pass(Collection<TableId> tables, Deadline deadline);
}
