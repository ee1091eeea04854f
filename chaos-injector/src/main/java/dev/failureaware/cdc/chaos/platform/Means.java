package dev.failureaware.cdc.chaos.platform;

/** Something that a fault takes from the pipeline, and that is given back afterwards. */
public interface Means {

    /** Reads how it is now, so that it can be given back; touches nothing. To be journalled before anything is touched. */
    Undo undo() throws CallFailedException, InterruptedException;

    /**
     * Gives back what was there. Returns when the platform has accepted that; the pipeline may need a while longer to be well.
     * Can be done again, in this life of the injector or in a later one, and leaves alone what somebody else has changed
     * meanwhile.
     */
    Lifted lift(Undo undo) throws CallFailedException, InterruptedException;

    /** What a fault with it would do; touches nothing. */
    Steps steps() throws CallFailedException, InterruptedException;
}
