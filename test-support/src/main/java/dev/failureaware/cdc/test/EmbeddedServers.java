package dev.failureaware.cdc.test;

import io.smallrye.reactive.messaging.kafka.companion.test.EmbeddedKafkaBroker;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The embedded servers: at most one of each per JVM, started when first asked for, ended with the JVM.
 *
 * <p>Quarkus loads test classes by class loaders of its own and closes them between applications. So that a server
 * neither starts twice nor loses its classes, this class is reached only as the system class loader loads it.
 */
final class EmbeddedServers {
    private static EmbeddedPostgres postgres;
    private static EmbeddedKafkaBroker kafka;
    private static final Map<String, List<String>> CONNECT_WORKERS = new HashMap<>();

    private EmbeddedServers() {}

    /** Port of a PostgreSQL on the loopback address with {@code wal_level=logical}; any password is right. */
    static int postgresPort() {
        return (Integer) onSystemClassLoader("startPostgres");
    }

    static String kafkaBootstrapServers() {
        return (String) onSystemClassLoader("startKafka");
    }

    /** A Connect worker on that broker: where its REST interface listens, and the file that it logs to. */
    @SuppressWarnings("unchecked")
    static List<String> connectWorker(String kafkaBootstrapServers) {
        return (List<String>) onSystemClassLoader("startConnect", kafkaBootstrapServers);
    }

    private static Object onSystemClassLoader(String method, String... arguments) {
        var thread = Thread.currentThread();
        var before = thread.getContextClassLoader();
        var system = ClassLoader.getSystemClassLoader();
        thread.setContextClassLoader(system);
        try {
            var types = Arrays.stream(arguments).map(String::getClass).toArray(Class<?>[]::new);
            var shared =
                    Class.forName(EmbeddedServers.class.getName(), true, system).getDeclaredMethod(method, types);
            shared.setAccessible(true);
            return shared.invoke(null, (Object[]) arguments);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("an embedded server does not start: " + e.getCause(), e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static synchronized Integer startPostgres() {
        if (postgres == null) {
            try {
                postgres = EmbeddedPostgres.builder()
                        .setServerConfig("wal_level", "logical")
                        // The library switches it off, and then flushed positions stay behind commits for a while.
                        .setServerConfig("synchronous_commit", "on")
                        .setServerConfig("max_connections", "300")
                        .setServerConfig("max_replication_slots", "20")
                        .setServerConfig("max_wal_senders", "20")
                        .setPGStartupWait(Duration.ofSeconds(60))
                        .setOutputRedirector(Redirect.DISCARD)
                        .setErrorRedirector(Redirect.DISCARD)
                        .start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return postgres.getPort();
    }

    private static synchronized String startKafka() {
        if (kafka == null) {
            kafka = new EmbeddedKafkaBroker()
                    .withKafkaHost("127.0.0.1")
                    .withDeleteLogDirsOnClose(true)
                    .withAdditionalProperties(properties -> {
                        properties.put("group.initial.rebalance.delay.ms", "0");
                        // Tests that kill a member of a group need not wait long for its death to be noticed.
                        properties.put("group.min.session.timeout.ms", "500");
                        properties.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "500");
                        properties.put("offsets.topic.num.partitions", "1");
                        properties.put("offsets.topic.replication.factor", "1");
                        properties.put("transaction.state.log.num.partitions", "1");
                        properties.put("transaction.state.log.replication.factor", "1");
                        properties.put("transaction.state.log.min.isr", "1");
                    })
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(kafka::close));
        }
        return kafka.getAdvertisedListeners().replaceFirst("^[A-Z]+://", "");
    }

    private static synchronized List<String> startConnect(String kafkaBootstrapServers) {
        return CONNECT_WORKERS.computeIfAbsent(kafkaBootstrapServers, ConnectProcess::startShared);
    }
}
