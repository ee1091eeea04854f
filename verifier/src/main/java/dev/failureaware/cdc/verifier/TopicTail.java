package dev.failureaware.cdc.verifier;

import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jboss.logging.Logger;

/**
 * Follows all topics of captured tables and the topic of logical messages in one thread, and tells the backlog what it
 * reads. It belongs to no consumer group and commits nothing, so it is invisible to the pipeline. It outlives outages of
 * Kafka and of the sink without a restart.
 */
@ApplicationScoped
class TopicTail {
    private static final Logger LOG = Logger.getLogger(TopicTail.class);
    private static final Duration POLL = Duration.ofMillis(50);
    private static final Duration BETWEEN_DISCOVERIES = Duration.ofSeconds(1);
    private static final Duration BETWEEN_REFRESHES = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Map<String, Object> kafka;
    private final Topics topics;
    private final SinkProgress progress;
    private final Backlog backlog;
    private final boolean followed;
    private final FenceMessages fences = new FenceMessages();
    private final Thread thread = new Thread(this::run, "topic-tail");

    /** Where each partition of the topic of messages is read on; null until that topic was first looked for. */
    private Map<TopicPartition, Long> messagePositions;

    private Deadline nextRefresh = Deadline.in(Duration.ZERO);
    private Deadline nextDiscovery = Deadline.in(Duration.ZERO);
    private volatile Consumer<byte[], byte[]> consumer;
    private volatile Set<TopicPartition> partitions = Set.of();
    private volatile boolean stopped;

    private final Object discoveries = new Object();
    private long wantedDiscovery = 1;
    private long doneDiscovery;
    private String problem = "the verifier has just started";
    private boolean hindered;

    TopicTail(
            @Identifier("default-kafka-broker") Map<String, Object> kafka,
            Topics topics,
            SinkProgress progress,
            Backlog backlog,
            VerifierConfig config) {
        this.kafka = kafka;
        this.topics = topics;
        this.progress = progress;
        this.backlog = backlog;
        this.followed = config.fence() == FenceKind.MESSAGE;
    }

    void start(@Observes StartupEvent event) {
        if (!followed) {
            return;
        }
        thread.setDaemon(true);
        thread.start();
    }

    /** Whether there are topics to follow at all. */
    boolean followed() {
        return followed;
    }

    /** Partitions that are read: of captured tables and of the source's messages. */
    Set<TopicPartition> partitions() {
        return partitions;
    }

    /** Looks for partitions now; when this returns, every partition that existed at the call is followed. */
    void discover(Deadline deadline) {
        synchronized (discoveries) {
            awaitDiscovery(++wantedDiscovery, deadline);
        }
    }

    /** Returns when the topics were listed for the first time; from then on no message of a fence is missed. */
    void awaitReady(Deadline deadline) {
        synchronized (discoveries) {
            awaitDiscovery(1, deadline);
        }
    }

    private void awaitDiscovery(long wanted, Deadline deadline) {
        while (doneDiscovery < wanted) {
            if (deadline.passed()) {
                throw new CheckImpossible("the topics could not be listed in time: " + problem);
            }
            try {
                discoveries.wait(deadline.remaining().toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CheckImpossible("the verifier is being stopped", e);
            }
        }
    }

    private void run() {
        while (!stopped) {
            try (var opened =
                    new KafkaConsumer<>(settings(kafka), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
                consumer = opened;
                backlog.consumerLost();
                // Partitions are assigned by a discovery only; until then there is nothing to seek in.
                nextDiscovery = Deadline.in(Duration.ZERO);
                while (!stopped) {
                    follow(opened);
                }
            } catch (WakeupException e) {
                // Only stop() wakes the consumer.
            } catch (KafkaException | IllegalStateException e) {
                // A client cannot even be made while the broker's name does not resolve; the cause says so.
                hindered("Kafka: " + (e.getCause() == null ? e : e.getCause()).getMessage());
                LOG.debug("The tail of the topics starts again", e);
                backlog.awaitChange(BETWEEN_REFRESHES);
            }
        }
    }

    private void follow(Consumer<byte[], byte[]> consumer) {
        try {
            discoverIfDue(consumer);
            refreshIfDue();
            backlog.takeSeeks().forEach((partition, offset) -> {
                if (consumer.assignment().contains(partition)) {
                    consumer.seek(partition, offset);
                }
            });
            if (consumer.assignment().isEmpty()) {
                backlog.awaitChange(POLL);
            } else {
                read(consumer);
            }
        } catch (RetriableException e) {
            hindered("Kafka: " + e.getMessage());
        } catch (CheckImpossible e) {
            hindered(e.getMessage());
            backlog.awaitChange(POLL);
        }
    }

    private void discoverIfDue(Consumer<byte[], byte[]> consumer) {
        long answering;
        synchronized (discoveries) {
            if (!nextDiscovery.passed() && doneDiscovery >= wantedDiscovery) {
                return;
            }
            answering = wantedDiscovery;
        }
        var data = new HashSet<TopicPartition>();
        var messages = new HashSet<TopicPartition>();
        consumer.listTopics(PATIENCE)
                .forEach((topic, infos) -> infos.forEach(info -> {
                    if (topic.equals(topics.messages())) {
                        messages.add(new TopicPartition(topic, info.partition()));
                    } else if (topics.isData(topic)) {
                        data.add(new TopicPartition(topic, info.partition()));
                    }
                }));
        if (!backlog.partitions().equals(data)) {
            backlog.follow(data, progress.refresh(Deadline.in(PATIENCE)));
        }
        followMessages(consumer, messages);
        var all = new HashSet<>(data);
        all.addAll(messages);
        if (!consumer.assignment().equals(all)) {
            consumer.assign(all);
            messagePositions.forEach(consumer::seek);
            partitions = Set.copyOf(all);
        }
        nextDiscovery = Deadline.in(BETWEEN_DISCOVERIES);
        synchronized (discoveries) {
            if (hindered) {
                LOG.info("The topics can be read");
                hindered = false;
            }
            doneDiscovery = answering;
            discoveries.notifyAll();
        }
    }

    /** Messages from before this process are of no interest; a partition that appears later is read from its beginning. */
    private void followMessages(Consumer<byte[], byte[]> consumer, Set<TopicPartition> existing) {
        if (messagePositions == null) {
            messagePositions = new HashMap<>(consumer.endOffsets(existing, PATIENCE));
            return;
        }
        messagePositions.keySet().retainAll(existing);
        existing.forEach(partition -> messagePositions.putIfAbsent(partition, 0L));
    }

    private void refreshIfDue() {
        if (nextRefresh.passed()) {
            nextRefresh = Deadline.in(BETWEEN_REFRESHES);
            progress.refresh(Deadline.in(PATIENCE));
        }
    }

    private void read(Consumer<byte[], byte[]> consumer) {
        var records = consumer.poll(POLL);
        for (var partition : consumer.assignment()) {
            var ofPartition = records.records(partition);
            if (partition.topic().equals(topics.messages())) {
                ofPartition.stream()
                        .filter(record -> record.value() != null)
                        .forEach(record -> fences.fenceIn(record.value()).ifPresent(backlog::fenceSeen));
                messagePositions.put(partition, consumer.position(partition, PATIENCE));
            } else {
                // A tombstone follows its delete and changes nothing, so it is no event of its own.
                var events = ofPartition.stream()
                        .filter(record -> record.value() != null)
                        .map(record -> new Backlog.Event(record.offset(), record.timestamp()))
                        .toList();
                ofPartition.stream()
                        .mapToLong(record -> record.timestamp())
                        .max()
                        .ifPresent(newest -> backlog.arrived(Instant.ofEpochMilli(newest)));
                backlog.read(partition, events, consumer.position(partition, PATIENCE));
            }
        }
    }

    /** Said once for each new reason; outages are as long as they are. */
    private void hindered(String what) {
        synchronized (discoveries) {
            if (!hindered || !what.equals(problem)) {
                LOG.warnf("The topics cannot be read, trying again for as long as it takes: %s", what);
            }
            hindered = true;
            problem = what;
        }
    }

    /** Of a reader of committed records that is no member of any group. */
    static Map<String, Object> settings(Map<String, Object> kafka) {
        var settings = new HashMap<>(kafka);
        settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, "cdc-verifier");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        // To ask for a topic that was deleted must not bring it back.
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        // Where retention has overtaken the sink: what is left is counted, and the comparison finds what is lost.
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 5000);
        settings.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
        settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
        settings.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500);
        return settings;
    }

    @PreDestroy
    void stop() throws InterruptedException {
        stopped = true;
        var open = consumer;
        if (open != null) {
            open.wakeup();
        }
        thread.join(PATIENCE.toMillis());
    }
}
