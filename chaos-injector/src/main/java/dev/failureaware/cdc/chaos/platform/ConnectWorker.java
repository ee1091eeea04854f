package dev.failureaware.cdc.chaos.platform;

import java.util.Map;

/** The process that runs the connector. {@link #lift} makes sure that one comes back. */
public interface ConnectWorker extends Means {

    /**
     * One life of it.
     *
     * @param id another one in each life
     * @param running false while it starts or ends
     * @param identity what a person would look for, by name
     * @param startedAt as the platform says it
     * @param lastExit how the life before this one ended, as far as the platform tells
     */
    record Life(String id, boolean running, Map<String, Object> identity, String startedAt, String lastExit) {
        public boolean same(Life other) {
            return id.equals(other.id);
        }
    }

    Life present() throws CallFailedException, InterruptedException;

    /**
     * Ends it without a chance to finish its work.
     *
     * @param journalled what {@link #undo} gave before
     * @return what was killed
     */
    Life kill(Undo journalled) throws CallFailedException, InterruptedException;

    /** Who starts the next one when {@link #lift} is called. */
    String starter();
}
