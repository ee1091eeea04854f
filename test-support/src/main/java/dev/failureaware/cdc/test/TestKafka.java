package dev.failureaware.cdc.test;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.eclipse.microprofile.config.ConfigProvider;

/** Kafka for tests: one embedded broker per JVM, or the one that Dev Services provide. */
public final class TestKafka {
    private TestKafka() {}

    /** This JVM's embedded broker; the first call takes a few seconds. */
    public static String bootstrapServers() {
        return EmbeddedServers.kafkaBootstrapServers();
    }

    /** The broker of the running {@code @QuarkusTest}, whoever provides it. */
    public static String ofApplication() {
        return ConfigProvider.getConfig()
                .getValue("kafka.bootstrap.servers", String.class)
                .replaceFirst("^[A-Z_]+://", "");
    }

    public static void createTopic(String bootstrapServers, String topic, int partitions) {
        try (var admin = Admin.create(Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers))) {
            admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    "topic " + topic + ": " + e.getCause().getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
