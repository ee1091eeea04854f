package dev.failureaware.cdc.sink;

import dev.failureaware.cdc.sink.SinkConfig.BehindParked;
import dev.failureaware.cdc.sink.apply.ParkedRecords;
import dev.failureaware.cdc.sink.decode.Decoded;
import dev.failureaware.cdc.sink.decode.LogPlace;
import dev.failureaware.cdc.sink.plan.KeyOrder;
import dev.failureaware.cdc.sink.plan.KeyOrder.Key;
import dev.failureaware.cdc.sink.plan.KeyOrder.Ordered;
import dev.failureaware.cdc.sink.plan.Plan;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;

/**
 * Knows in which of our partitions there are unresolved parked records, so that only there the database is asked about the
 * keys of a batch. Nothing else of them is kept in memory, however many there are.
 */
@ApplicationScoped
class Parking {
    private static final Logger LOG = Logger.getLogger(Parking.class);
    /** Lines in the log per plan; the table has all of them. */
    private static final int MOST_LINES = 5;

    private final ParkedRecords parked;
    private final DeadLetters deadLetters;
    private final boolean park;
    /** May hold partitions whose parked records were settled since, in whatever process. */
    private final Set<TopicPartition> withParked = ConcurrentHashMap.newKeySet();

    Parking(ParkedRecords parked, DeadLetters deadLetters, SinkConfig config) {
        this.parked = parked;
        this.deadLetters = deadLetters;
        this.park = config.behindParked() == BehindParked.PARK;
    }

    /** Looks at partitions that were just assigned. */
    Uni<Void> take(Collection<TopicPartition> partitions) {
        return parked.among(partitions).invoke(withParked::addAll).replaceWithVoid();
    }

    /** How the events stand to records of their keys that are parked already, in the database or among them. */
    Ordered order(List<Decoded> events, Batch batch) {
        return KeyOrder.order(events, unresolved(events, batch), batch::record, park);
    }

    private Map<Key, Long> unresolved(List<Decoded> events, Batch batch) {
        if (withParked.isEmpty()) {
            return Map.of();
        }
        var asked = new HashSet<TopicPartition>();
        events.forEach(event -> {
            if (withParked.contains(event.partition())) {
                asked.add(event.partition());
            }
        });
        if (asked.isEmpty()) {
            return Map.of();
        }
        var found = parked.among(asked).await().indefinitely();
        asked.stream().filter(partition -> !found.contains(partition)).forEach(withParked::remove);
        var keys = KeyOrder.keys(events, found::contains, batch::record);
        return keys.isEmpty() ? Map.of() : parked.first(keys).await().indefinitely();
    }

    /** To be called before the plan is applied: nobody may know whether its commit has succeeded. */
    void expect(Plan plan) {
        plan.parked().forEach(record -> withParked.add(record.record().partition()));
    }

    Uni<Void> send(Plan plan) {
        return deadLetters.send(plan.parked());
    }

    /** Without the row's contents: a refusal's own words may hold some. */
    void report(Plan plan) {
        plan.parked().stream().limit(MOST_LINES).forEach(parked -> report(parked.record()));
        if (plan.parked().size() > MOST_LINES) {
            LOG.errorf(
                    "Parked %d more; _cdc.parked has all of them", plan.parked().size() - MOST_LINES);
        }
    }

    private static void report(Decoded.Parked record) {
        try (var place = LogPlace.of(record)) {
            if (record instanceof Decoded.Refused refused) {
                LOG.errorf(
                        "Parked %s offset %d of %s: %s%s",
                        record.partition(),
                        record.offset(),
                        refused.change().shape().table(),
                        ParkedRecords.kind(record),
                        refused.sqlState() == null ? "" : ", SQLSTATE " + refused.sqlState());
            } else {
                LOG.errorf("Parked %s offset %d: %s", record.partition(), record.offset(), record.reason());
            }
        }
    }
}
