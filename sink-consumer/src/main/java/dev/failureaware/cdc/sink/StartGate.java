package dev.failureaware.cdc.sink;

import dev.failureaware.cdc.sink.apply.Bookkeeping;
import dev.failureaware.cdc.sink.apply.FailureKind;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import io.smallrye.reactive.messaging.ChannelRegistry;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Starts the channel, which begins paused, once the database and Kafka let this client in. In a deployment servers, their
 * addresses, this client's roles and their rights appear in any order and may do so long after this process; a channel that
 * met their absence would have failed for good. Whoever loses Kafka's leave later ends with the channel, and waits here in its
 * next life.
 */
@ApplicationScoped
class StartGate {
    private static final Logger LOG = Logger.getLogger(StartGate.class);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Bookkeeping bookkeeping;
    private final Map<String, Object> kafka;
    private final String group;
    private final SinkConfig config;
    private final ChannelRegistry channels;
    private final SinkHealth health;
    private final CountDownLatch stopped = new CountDownLatch(1);

    StartGate(
            Bookkeeping bookkeeping,
            @Identifier("default-kafka-broker") Map<String, Object> kafka,
            @ConfigProperty(name = "mp.messaging.incoming.changes.group.id") String group,
            SinkConfig config,
            ChannelRegistry channels,
            SinkHealth health) {
        this.bookkeeping = bookkeeping;
        this.kafka = kafka;
        this.group = group;
        this.config = config;
        this.channels = channels;
        this.health = health;
    }

    void start(@Observes StartupEvent event) {
        health.waiting("the sink database and Kafka were not asked yet");
        NativeLz4.load();
        var thread = new Thread(this::open, "start-gate");
        thread.setDaemon(true);
        thread.start();
    }

    private void open() {
        try {
            while (!databaseLetsIn() || !kafkaLetsIn()) {
                if (stopped.await(config.retryMax().toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
            health.arrived();
            channels.getPausable(ChangeConsumer.CHANNEL).resume();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What waiting cannot mend ends the process, as it would in the middle of the work. */
    private boolean databaseLetsIn() {
        try {
            bookkeeping.create().await().indefinitely();
            return true;
        } catch (RuntimeException e) {
            if (FailureKind.of(e) != FailureKind.TRANSIENT) {
                health.fatal(e);
            }
            var cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
            health.waiting("sink database: " + cause.getMessage());
            return false;
        }
    }

    private boolean kafkaLetsIn() throws InterruptedException {
        try (var admin = Admin.create(settings())) {
            mayJoinTheGroup(admin);
            mayReadTheTopics(admin);
            return true;
        } catch (ExecutionException e) {
            wait(e.getCause());
        } catch (KafkaException e) {
            // A name that does not resolve yet, in most cases.
            wait(e.getCause() == null ? e : e.getCause());
        }
        return false;
    }

    private void wait(Throwable why) {
        LOG.debug("Kafka is closed to us", why);
        health.waiting("Kafka at " + address() + ": " + why.getMessage());
    }

    private void mayJoinTheGroup(Admin admin) throws ExecutionException, InterruptedException {
        try {
            admin.describeConsumerGroups(List.of(group)).all().get();
        } catch (ExecutionException e) {
            // Said only to those who may see the group.
            if (!(e.getCause() instanceof GroupIdNotFoundException)) {
                throw e;
            }
        }
    }

    /** Topics that do not exist yet, or that this client may not even see, are not waited for: others may be there. */
    private void mayReadTheTopics(Admin admin) throws ExecutionException, InterruptedException {
        var topics = admin.listTopics().names().get().stream()
                .filter(topic -> topic.startsWith(config.topicPrefix() + "."))
                .toList();
        var described = admin.describeTopics(topics, new DescribeTopicsOptions().includeAuthorizedOperations(true))
                .allTopicNames()
                .get();
        for (var topic : described.values()) {
            var allowed = topic.authorizedOperations();
            if (allowed != null && !allowed.contains(AclOperation.READ) && !allowed.contains(AclOperation.ALL)) {
                throw new KafkaException("this client may not read topic " + topic.name());
            }
        }
    }

    private Map<String, Object> settings() {
        var settings = new HashMap<>(kafka);
        settings.put(AdminClientConfig.CLIENT_ID_CONFIG, "sink-consumer-start");
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
        return settings;
    }

    private String address() {
        return String.valueOf(kafka.get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG));
    }

    @PreDestroy
    void stop() {
        stopped.countDown();
    }
}
