package dev.failureaware.cdc.chaos.platform;

import java.time.Instant;
import java.util.Collection;
import java.util.Set;

/**
 * What has to be undone, kept in a place that outlives this process before it is done.
 *
 * <p>{@link #write} returns when it is safe; {@link #clear} forgets all of it once it is undone. So after a crash the journal
 * holds everything that may be broken, and perhaps more: an entry does not prove that the act followed it.
 */
public interface Journal {

    /** Adds to what is there. */
    void write(String failure, Instant at, Collection<Undo> undos) throws CallFailedException, InterruptedException;

    /** What an earlier life may have left broken; everything that there is, when a part of the journal cannot be read. */
    Set<Undo> pending() throws CallFailedException, InterruptedException;

    void clear() throws CallFailedException, InterruptedException;
}
