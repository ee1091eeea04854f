package dev.failureaware.cdc.sink;

import dev.failureaware.cdc.sink.apply.KeyChanges;
import dev.failureaware.cdc.sink.apply.ParkedRecords;
import dev.failureaware.cdc.sink.apply.PlanApplier;
import dev.failureaware.cdc.sink.decode.LogPlace;
import dev.failureaware.cdc.sink.plan.KeyOrder.Waiting;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/** Looks whether somebody has mended what stopped a table, and then lets its events go on where they wait. */
@ApplicationScoped
class StoppedTablesRetry {
    private static final Logger LOG = Logger.getLogger(StoppedTablesRetry.class);

    private final StoppedTables stopped;
    private final PlanApplier.Factory appliers;
    private final ParkedRecords parked;
    private final KeyChanges keyChanges;
    private final ConsumerGroup group;

    StoppedTablesRetry(
            StoppedTables stopped,
            PlanApplier.Factory appliers,
            ParkedRecords parked,
            KeyChanges keyChanges,
            ConsumerGroup group) {
        this.stopped = stopped;
        this.parked = parked;
        this.appliers = appliers;
        this.keyChanges = keyChanges;
        this.group = group;
    }

    @Scheduled(every = "${sink.stopped-retry:5s}", concurrentExecution = ConcurrentExecution.SKIP)
    void resumeWhatWasMended() {
        for (var stop : stopped.settled().entrySet()) {
            if (stop.getValue().refused().stream()
                    .anyMatch(use -> appliers.canFollow(use).await().indefinitely())) {
                try (var place = LogPlace.of(stop.getKey())) {
                    LOG.infof("%s can go on", stop.getKey());
                }
                stopped.mended(stop.getKey());
                group.readAgain().await().indefinitely();
                return;
            }
        }
        var keys = stopped.behindParked().values().stream().map(Waiting::key).collect(Collectors.toSet());
        if (!keys.isEmpty() && parked.first(keys).await().indefinitely().size() < keys.size()) {
            LOG.info("What a partition was held for is settled");
            group.readAgain().await().indefinitely();
        }
    }

    /** More often, because nobody has to do anything for it. */
    @Scheduled(every = "1s", concurrentExecution = ConcurrentExecution.SKIP)
    void resumeWhatHasLeftItsKey() {
        for (var row : stopped.awaited().values()) {
            if (keyChanges.hasLeft(row.table(), row.change()).await().indefinitely()) {
                LOG.debugf("%s can go on", row);
                group.readAgain().await().indefinitely();
                return;
            }
        }
    }
}
