package dev.failureaware.cdc.chaos;

import java.util.Set;

/**
 * One break of the path: a handle that must be closed, and that proves what it hit.
 *
 * <p>The order is {@link #inject}, {@link #hold}, {@link #close}, and once the pipeline is consistent again {@link #settled}.
 * After a failed or interrupted step only {@code close} follows.
 */
sealed interface Fault extends AutoCloseable
        permits RestartFault, LagFault, SchemaFault, DuplicateFault, BackfillFault {

    /** What {@link #close} will have to undo; journalled before {@link #inject}. */
    Set<Undo> undo();

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
