package dev.failureaware.cdc.chaos.platform;

import java.util.List;
import java.util.Set;

/** Where the pipeline runs: what faults need of it, and what an injector needs to be safe on it. */
public interface Platform {

    ConnectWorker worker();

    SinkConsumer sinkConsumer();

    ConnectorLife connector();

    Journal journal();

    /** Whose turn it is, where there may be several injectors. */
    Leadership leadership();

    ReportShelf reports();

    /**
     * What keeps this injector from a fault that wants these: rights, labels, resources and settings, each with what to do
     * about it. Touches nothing.
     */
    List<String> lacking(Set<Capability> wanted) throws CallFailedException, InterruptedException;

    default Means means(Capability capability) {
        return switch (capability) {
            case WORKER -> worker();
            case SINK_CONSUMER -> sinkConsumer();
            case CONNECTOR -> connector();
        };
    }

    /** Lifts what a fault did, in this life of the injector or in a later one. */
    default Lifted lift(Undo undo) throws CallFailedException, InterruptedException {
        return means(undo.of()).lift(undo);
    }
}
