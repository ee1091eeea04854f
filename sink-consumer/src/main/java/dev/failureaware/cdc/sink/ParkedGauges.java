package dev.failureaware.cdc.sink;

import dev.failureaware.cdc.sink.apply.Bookkeeping;
import dev.failureaware.cdc.sink.apply.FailureKind;
import dev.failureaware.cdc.sink.apply.ParkedRecords;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/** Unresolved parked records of all replicas, from the database. */
@ApplicationScoped
class ParkedGauges {
    private static final Logger LOG = Logger.getLogger(ParkedGauges.class);
    private static final List<String> KINDS =
            List.of("undecodable", "refused", "constraint", "behind", ParkedRecords.Entry.EARLIER);

    private final Bookkeeping bookkeeping;
    private final ParkedRecords parked;
    private final Map<String, Long> unresolved = new ConcurrentHashMap<>();

    ParkedGauges(Bookkeeping bookkeeping, ParkedRecords parked, MeterRegistry registry) {
        this.bookkeeping = bookkeeping;
        this.parked = parked;
        KINDS.forEach(
                kind -> Gauge.builder("cdc.sink.parked.unresolved", unresolved, counts -> counts.getOrDefault(kind, 0L))
                        .description("Parked records of all replicas that have no outcome yet")
                        .tag("kind", kind)
                        .register(registry));
    }

    @Scheduled(every = "10s", concurrentExecution = ConcurrentExecution.SKIP)
    void count() {
        try {
            var counts =
                    bookkeeping.create().chain(parked::unresolvedByKind).await().indefinitely();
            unresolved.keySet().retainAll(counts.keySet());
            unresolved.putAll(counts);
        } catch (RuntimeException e) {
            if (FailureKind.of(e) != FailureKind.TRANSIENT) {
                throw e;
            }
            LOG.debug("The sink database is away; the next turn counts again", e);
        }
    }
}
