package dev.failureaware.cdc.chaos;

import dev.failureaware.cdc.chaos.platform.CallFailedException;
import dev.failureaware.cdc.chaos.platform.Undo;
import java.util.Set;

/**
 * One break of the path: a handle that must be closed, and that proves what it hit.
 *
 * <p>The order is {@link #prepare}, {@link #inject}, {@link #hold}, {@link #close}, and once the pipeline is consistent again {@link #settled}.
 * After a failed or interrupted step only {@code close} follows.
 */
sealed interface Fault extends AutoCloseable
        permits RestartFault, LagFault, SchemaFault, DuplicateFault, BackfillFault {

    /** Reads what {@link #close} will have to undo, so that it can be journalled before {@link #inject}; touches nothing. */
    default Set<Undo> prepare() throws CallFailedException, InterruptedException {
        return Set.of();
    }

    /** Whether there is anything that {@link #close} undoes. */
    default boolean undoes() {
        return false;
    }

    void inject() throws CallFailedException, InterruptedException;

    /** Keeps the path broken for as long as the fault asks for. */
    default void hold() throws CallFailedException, InterruptedException {}

    /** Lifts the fault and returns when it is lifted. May be called again, also after it failed. */
    @Override
    void close() throws CallFailedException, InterruptedException;

    /** The last look for evidence, after the pipeline has settled. */
    default void settled(Recovery recovery) {}

    Evidence evidence();
}
