package dev.failureaware.cdc.chaos.platform;

import java.util.Map;

/** The consumer that writes to the sink. {@link #lift} gives back exactly what was there. */
public interface SinkConsumer extends Means {

    /**
     * @param running as many as there should be
     * @param away there are none, and none is coming
     * @param words for people
     * @param identity what a person would look for, by name
     */
    record State(boolean running, boolean away, String words, Map<String, Object> identity) {}

    State state() throws CallFailedException, InterruptedException;

    /**
     * Returns when it is gone; it stays away until {@link #lift}.
     *
     * @param journalled what {@link #undo} gave before
     */
    void takeAway(Undo journalled) throws CallFailedException, InterruptedException;
}
