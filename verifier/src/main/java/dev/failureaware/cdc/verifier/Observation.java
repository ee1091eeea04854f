package dev.failureaware.cdc.verifier;

import java.time.Instant;
import java.util.Optional;

/**
 * What one look at the parts found.
 *
 * @param at when it began
 * @param slotAnswer whether there is a slot: NO where the source says that there is none of that name, NOT_READY where it did not
 *     say, NOT_ASKED where it is not Debezium that reads the source
 * @param slot empty where there is none, or it is not known
 * @param connector empty where nobody answers for it, or nobody is asked
 * @param lag empty where it cannot be counted
 * @param consumerSays why the sink-consumer is not ready; empty where it says nothing
 */
record Observation(
        Instant at,
        Answer source,
        Answer slotAnswer,
        Optional<Report.Slot> slot,
        Answer connect,
        Optional<Report.Connector> connector,
        Answer kafka,
        Optional<Lag> lag,
        Optional<Instant> lastEvent,
        Answer consumer,
        Optional<String> consumerSays,
        Answer sink) {

    enum Answer {
        YES,
        /** It answers that it is not ready. */
        NOT_READY,
        NO,
        NOT_ASKED
    }
}
