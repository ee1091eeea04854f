package dev.failureaware.cdc.sink;

import dev.failureaware.cdc.sink.apply.Bookkeeping;
import dev.failureaware.cdc.sink.apply.FailureKind;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.enterprise.context.ApplicationScoped;
import org.jboss.logging.Logger;

/**
 * Looks whether somebody has moved stored offsets back or deleted them, to have events read again. Where events arrive, the next
 * batch finds out; a partition in which nothing arrives would stay where it is, and sweeps would wait for it.
 */
@ApplicationScoped
class RewindWatch {
    private static final Logger LOG = Logger.getLogger(RewindWatch.class);

    private final PartitionAssignment assignment;
    private final Bookkeeping bookkeeping;
    private final ConsumerGroup group;

    RewindWatch(PartitionAssignment assignment, Bookkeeping bookkeeping, ConsumerGroup group) {
        this.assignment = assignment;
        this.bookkeeping = bookkeeping;
        this.group = group;
    }

    @Scheduled(every = "2s", concurrentExecution = ConcurrentExecution.SKIP)
    void look() {
        var reached = assignment.reached();
        try {
            var rewound = bookkeeping.behind(reached.nextOffsets()).await().indefinitely();
            if (!rewound.isEmpty()) {
                LOG.warnf("The stored offsets of %s were moved back; joining the group again", rewound);
                group.leave(reached.generation());
            }
        } catch (RuntimeException e) {
            if (FailureKind.of(e) != FailureKind.TRANSIENT) {
                throw e;
            }
            // The event path says so in the log and in the health.
            LOG.debug("The sink database is away; the next turn tries again", e);
        }
    }
}
