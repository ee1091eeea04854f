package dev.failureaware.cdc.sink;

import dev.failureaware.cdc.sink.apply.PlanApplier;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.enterprise.context.ApplicationScoped;
import org.jboss.logging.Logger;

/** Looks whether somebody has mended what stopped a table, and then lets its events go on where they wait. */
@ApplicationScoped
class StoppedTablesRetry {
    private static final Logger LOG = Logger.getLogger(StoppedTablesRetry.class);

    private final StoppedTables stopped;
    private final PlanApplier applier;
    private final ChangeConsumer consumer;

    StoppedTablesRetry(StoppedTables stopped, PlanApplier applier, ChangeConsumer consumer) {
        this.stopped = stopped;
        this.applier = applier;
        this.consumer = consumer;
    }

    @Scheduled(every = "${sink.stopped-retry:5s}", concurrentExecution = ConcurrentExecution.SKIP)
    void resumeWhatWasMended() {
        for (var stop : stopped.all().entrySet()) {
            if (applier.canFollow(stop.getValue().refused()).await().indefinitely()) {
                LOG.infof("%s can go on", stop.getKey());
                consumer.readAgain().await().indefinitely();
                return;
            }
        }
    }
}
