package dev.failureaware.cdc.benchmarks;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** A sink that can drain a topic. */
interface Contestant {
    /** As in the report. */
    String label();

    /** Why it cannot take part with this topic; empty when it can. */
    Optional<String> absence(Topic topic);

    /** Whether it makes the table by itself. */
    boolean createsTable();

    /** For the report. */
    Map<String, Object> settings();

    /** A fresh process that begins to drain the topic from its beginning; returns without waiting for it. */
    Draining start(Topic topic) throws IOException, InterruptedException;

    /** A drain in progress; {@link #close()} ends it and its process. */
    interface Draining extends AutoCloseable {
        /** To be called before progress can be expected; returns once it works or is known to have failed. */
        default void ready() throws IOException, InterruptedException {}

        /** What has gone wrong, for people; empty while nothing has. */
        Optional<String> failure() throws IOException;

        /** Highest resident memory of the process so far. */
        OptionalLong peakResidentBytes();

        @Override
        void close();
    }
}
