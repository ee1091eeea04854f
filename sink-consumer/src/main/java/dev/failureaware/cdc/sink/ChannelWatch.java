package dev.failureaware.cdc.sink;

import io.quarkus.scheduler.Scheduled;
import io.smallrye.reactive.messaging.providers.extension.HealthCenter;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Ends the process when the channel has failed for good, for instance because Kafka no longer holds the next record. Without
 * it the process would live on and apply nothing.
 */
@ApplicationScoped
class ChannelWatch {
    private final HealthCenter channels;
    private final SinkHealth health;

    ChannelWatch(HealthCenter channels, SinkHealth health) {
        this.channels = channels;
        this.health = health;
    }

    @Scheduled(every = "2s", delayed = "2s")
    void endWithTheChannel() {
        var report = channels.getLiveness();
        if (!report.isOk()) {
            report.getChannels().stream()
                    .filter(channel -> !channel.isOk())
                    .findFirst()
                    .ifPresent(channel -> health.fatal(new IllegalStateException(
                            "channel " + channel.getChannel() + ": " + channel.getMessage())));
        }
    }
}
