package dev.failureaware.cdc.sink;

import dev.failureaware.cdc.sink.decode.Polled;
import io.quarkus.runtime.Startup;
import io.smallrye.mutiny.Uni;
import io.smallrye.reactive.messaging.kafka.api.IncomingKafkaRecordBatchMetadata;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jboss.logging.Logger;

/**
 * Hands what was polled to the lanes, which decode, plan and apply. While they have no room, the channel's back pressure pauses
 * the partitions, and polling goes on so that they stay ours.
 */
@Startup
@ApplicationScoped
class ChangeConsumer {
    private static final Logger LOG = Logger.getLogger(ChangeConsumer.class);
    static final String CHANNEL = "changes";

    private final Lanes lanes;
    private final SinkConfig config;

    ChangeConsumer(Lanes lanes, SinkConfig config) {
        this.lanes = lanes;
        this.config = config;
    }

    @PostConstruct
    void warnOfSabotage() {
        if (config.sabotage() != Sabotage.NONE) {
            LOG.warnf("sink.sabotage=%s: THIS SINK IS WRONG ON PURPOSE", config.sabotage());
        }
    }

    @Incoming(CHANNEL)
    Uni<Void> consume(ConsumerRecords<Void, Polled> records, IncomingKafkaRecordBatchMetadata<Void, Polled> metadata) {
        return lanes.take(records, metadata.getConsumerGroupGenerationId());
    }
}
