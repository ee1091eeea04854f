package dev.failureaware.cdc.sink;

import dev.failureaware.cdc.sink.apply.ParkedRecords;
import dev.failureaware.cdc.sink.apply.UnreachableException;
import dev.failureaware.cdc.sink.decode.Decoded;
import dev.failureaware.cdc.sink.plan.Plan.ParkedRecord;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Sends a copy of each parked record to the dead letter topic: key and value as they were, the rest in headers. At least
 * once: a copy is there before the transaction that parks the record commits, and again when that fails and is repeated.
 */
@ApplicationScoped
class DeadLetters {
    private static final Logger LOG = Logger.getLogger(DeadLetters.class);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    /** The topic's own limit decides, and that of the broker. */
    private static final int NO_LIMIT_OF_OURS = 256 * 1024 * 1024;

    /** For the largest events that the connector sends (32 MiB) with their headers. */
    private static final Map<String, String> ROOM = Map.of("max.message.bytes", "34603008");

    private final Map<String, Object> kafka;
    private final String consumed;
    private final Optional<String> topic;
    private KafkaProducer<byte[], byte[]> producer;
    private boolean topicSettled;

    DeadLetters(
            @Identifier("default-kafka-broker") Map<String, Object> kafka,
            @ConfigProperty(name = "mp.messaging.incoming.changes.topic") String consumed,
            SinkConfig config) {
        this.kafka = kafka;
        this.consumed = consumed;
        this.topic = config.deadLetterTopic();
    }

    /** @throws IllegalArgumentException for a topic that this service would consume itself */
    void check(@Observes StartupEvent event) {
        topic.filter(name -> Pattern.matches(consumed, name)).ifPresent(name -> {
            throw new IllegalArgumentException(
                    "sink.dead-letter-topic=" + name + " is one of the topics that are consumed (" + consumed
                            + "); give it another name, or none to send no dead letters");
        });
    }

    /** Done when Kafka has them all; with an {@link UnreachableException} when it does not take them now. */
    Uni<Void> send(List<ParkedRecord> records) {
        return topic.isEmpty() || records.isEmpty()
                ? Uni.createFrom().voidItem()
                : Uni.createFrom()
                        .voidItem()
                        .invoke(() -> send(topic.get(), records))
                        // The producer may block while it looks for its topic.
                        .runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
    }

    private void send(String topic, List<ParkedRecord> records) {
        try {
            var sender = producer(topic);
            var sent = new ArrayList<Future<RecordMetadata>>(records.size());
            for (var parked : records) {
                sent.add(sender.send(letter(topic, parked.record(), true)));
            }
            for (var i = 0; i < sent.size(); i++) {
                await(sender, sent.get(i), topic, records.get(i).record());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnreachableException("dead letter topic " + topic, e);
        } catch (ExecutionException e) {
            throw new UnreachableException("dead letter topic " + topic, e.getCause());
        } catch (KafkaException e) {
            throw new UnreachableException("dead letter topic " + topic, e);
        }
    }

    private static void await(
            KafkaProducer<byte[], byte[]> sender, Future<RecordMetadata> sent, String topic, Decoded.Parked record)
            throws InterruptedException, ExecutionException {
        try {
            sent.get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof RecordTooLargeException)) {
                throw e;
            }
            // With its headers it is larger than it was.
            sender.send(letter(topic, record, false)).get();
        }
    }

    private static ProducerRecord<byte[], byte[]> letter(String topic, Decoded.Parked record, boolean whole) {
        var letter = new ProducerRecord<>(topic, whole ? record.key() : null, whole ? record.value() : null);
        header(letter, "topic", record.partition().topic());
        header(letter, "partition", Integer.toString(record.partition().partition()));
        header(letter, "offset", Long.toString(record.offset()));
        header(letter, "kind", ParkedRecords.kind(record));
        header(letter, "reason", record.reason());
        if (record instanceof Decoded.Refused refused) {
            header(letter, "table", refused.change().shape().table().toString());
            if (refused.sqlState() != null) {
                header(letter, "sqlstate", refused.sqlState());
            }
        }
        if (!whole) {
            header(letter, "left-out", "key and value are too large for this topic; they are in _cdc.parked");
        }
        return letter;
    }

    private static void header(ProducerRecord<byte[], byte[]> letter, String name, String value) {
        letter.headers().add("cdc." + name, value.getBytes(StandardCharsets.UTF_8));
    }

    private synchronized KafkaProducer<byte[], byte[]> producer(String topic) throws InterruptedException {
        if (!topicSettled) {
            create(topic);
            topicSettled = true;
        }
        if (producer == null) {
            var settings = settings();
            settings.put(ProducerConfig.CLIENT_ID_CONFIG, "sink-consumer-dead-letters");
            settings.put(ProducerConfig.ACKS_CONFIG, "all");
            settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, NO_LIMIT_OF_OURS);
            settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, (int) PATIENCE.toMillis());
            settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
            settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int)
                    PATIENCE.multipliedBy(2).toMillis());
            producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        }
        return producer;
    }

    /**
     * Where this client may; otherwise somebody else has, or sending says what is missing.
     *
     * @throws RetriableException when no broker has answered: the next letter asks again, else nobody ever would
     */
    private void create(String topic) throws InterruptedException {
        var settings = settings();
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
        settings.put("default.api.timeout.ms", (int) PATIENCE.toMillis());
        try (var admin = Admin.create(settings)) {
            admin.createTopics(List.of(new NewTopic(topic, Optional.of(1), Optional.empty()).configs(ROOM)))
                    .all()
                    .get();
            LOG.infof("Created the dead letter topic %s", topic);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RetriableException away) {
                throw away;
            }
            LOG.debugf(e, "Did not create %s", topic);
        }
    }

    private Map<String, Object> settings() {
        var settings = new HashMap<>(kafka);
        settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
        return settings;
    }

    @PreDestroy
    synchronized void close() {
        if (producer != null) {
            producer.close(PATIENCE);
        }
    }
}
