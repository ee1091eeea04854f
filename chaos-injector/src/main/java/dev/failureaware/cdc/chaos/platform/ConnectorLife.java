package dev.failureaware.cdc.chaos.platform;

/**
 * The connector's life. {@link #lift} lets it run again as it did before. How it is stands in {@link ConnectRest} on every
 * platform, for nothing else says the truth.
 */
public interface ConnectorLife extends Means {

    /**
     * Returns when it is stopped, with no task left.
     *
     * @param journalled what {@link #undo} gave before
     */
    void stop(Undo journalled) throws CallFailedException, InterruptedException;

    /** Makes a stopped connector forget where it was. */
    void forgetOffsets(Undo journalled) throws CallFailedException, InterruptedException;
}
