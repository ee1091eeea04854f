package dev.failureaware.cdc.chaos.platform.local;

import dev.failureaware.cdc.chaos.platform.Audit;
import dev.failureaware.cdc.chaos.platform.Capability;
import dev.failureaware.cdc.chaos.platform.ConnectRest;
import dev.failureaware.cdc.chaos.platform.ConnectWorker;
import dev.failureaware.cdc.chaos.platform.ConnectorLife;
import dev.failureaware.cdc.chaos.platform.HttpJson;
import dev.failureaware.cdc.chaos.platform.Journal;
import dev.failureaware.cdc.chaos.platform.Leadership;
import dev.failureaware.cdc.chaos.platform.Platform;
import dev.failureaware.cdc.chaos.platform.ReportShelf;
import dev.failureaware.cdc.chaos.platform.SinkConsumer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** The processes of one machine, through their supervisor, and the connector through Kafka Connect. */
public final class LocalPlatform implements Platform {
    private final Supervisor processes;
    private final ConnectWorker worker;
    private final SinkConsumer sinkConsumer;
    private final ConnectorLife connector;
    private final Journal journal;
    private final Leadership leadership;

    /**
     * @param connector its name in Kafka Connect
     * @param stopLimit a process that is asked to stop may finish its work first
     */
    public LocalPlatform(
            HttpJson supervisor, ConnectRest connect, String connector, Path journal, Duration stopLimit, Audit audit) {
        this.processes = new Supervisor(supervisor, stopLimit);
        this.worker = new SupervisedWorker(processes, audit);
        this.sinkConsumer = new SupervisedSinkConsumer(processes, audit);
        this.connector = new RestConnector(connect, connector, audit);
        this.journal = new FileJournal(journal);
        this.leadership = new FileTurn(journal);
    }

    @Override
    public ConnectWorker worker() {
        return worker;
    }

    @Override
    public SinkConsumer sinkConsumer() {
        return sinkConsumer;
    }

    @Override
    public ConnectorLife connector() {
        return connector;
    }

    @Override
    public Journal journal() {
        return journal;
    }

    @Override
    public Leadership leadership() {
        return leadership;
    }

    @Override
    public ReportShelf reports() {
        return ReportShelf.NONE;
    }

    /** The supervisor lets every holder of the token do everything; but it may have been started without our sink-consumer. */
    @Override
    public List<String> lacking(Set<Capability> wanted) throws InterruptedException {
        return wanted.contains(Capability.SINK_CONSUMER) && processes.lacks(SupervisedSinkConsumer.NAME)
                ? List.of("the stack was started without its sink-consumer: there is nothing to take away")
                : List.of();
    }
}
