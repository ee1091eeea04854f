package dev.failureaware.cdc.verifier;

/** Time ran out before everything committed at the source ahead of a fence was applied by the sink. */
final class FenceNotReached extends RuntimeException {
    /** The stage of the pipeline that was waited for. */
    enum WaitedFor {
        /** The fence's message never came out of Kafka. */
        CONNECTOR,
        /** The message came; events ahead of it are not applied yet. */
        SINK,
        /** Kafka or the sink's progress could not be read. */
        NOBODY_KNOWS
    }

    private final WaitedFor waitedFor;

    FenceNotReached(WaitedFor waitedFor, String reason) {
        super(reason);
        this.waitedFor = waitedFor;
    }

    WaitedFor waitedFor() {
        return waitedFor;
    }
}
