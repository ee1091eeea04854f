package dev.failureaware.cdc.chaos;

/** Lifts what a fault did, in this life of the injector or in the next. */
final class Repair {
    private final LocalPlatform platform;
    private final ConnectClient connect;

    Repair(LocalPlatform platform, ConnectClient connect) {
        this.platform = platform;
        this.connect = connect;
    }

    /** Returns when the fault is lifted; the pipeline may need a while longer to be well. */
    void apply(Undo undo) throws CallFailedException, InterruptedException {
        switch (undo) {
            case START_WORKER -> platform.startWorker();
            case START_SINK_CONSUMER -> platform.startSinkConsumer();
            case RESUME_CONNECTOR -> connect.resume();
        }
    }
}
