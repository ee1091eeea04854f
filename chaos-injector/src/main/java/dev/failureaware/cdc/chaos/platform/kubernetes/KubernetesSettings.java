package dev.failureaware.cdc.chaos.platform.kubernetes;

import java.time.Duration;
import java.util.Optional;

/**
 * Names of what an injector works with, all in one namespace.
 *
 * @param sinkConsumer a Deployment; without it no fault can take the consumer away
 * @param connect a KafkaConnect; without it no fault can kill a worker
 * @param connector a KafkaConnector, and the connector in Kafka Connect
 * @param journal a ConfigMap
 * @param report a ConfigMap
 * @param lease a Lease
 * @param pod this injector's own; holder of the lease and reporter of Events
 */
public record KubernetesSettings(
        String namespace,
        Optional<String> sinkConsumer,
        Optional<String> connect,
        String connector,
        String journal,
        String report,
        String lease,
        Duration leaseDuration,
        String pod) {}
