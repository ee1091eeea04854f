package dev.failureaware.cdc.stack;

import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real broker, started and killed through the code that the stack uses. */
class KafkaBrokerIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int PARTITIONS = 200;
    private static final int PRODUCERS = 30;

    @TempDir
    Path folder;

    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(3);
    private String address;
    private ManagedProcess process;

    @BeforeEach
    void startBroker() throws Exception {
        var layout = new Layout(Path.of("..").toRealPath(), folder.resolve("state"));
        StateFolder.prepare(layout);
        KafkaJvm.writeLogging(layout);
        var user = ServerUser.of(layout);
        StateFolder.handOver(layout, user);
        var launcher = new Launcher(layout, user);
        var ports = new Ports(
                new EnumMap<>(Map.of(
                        Port.KAFKA, PostgresServerIT.freePort(), Port.KAFKA_CONTROLLER, PostgresServerIT.freePort())),
                List.of());
        // Transactions that have run out are looked for while the node is still starting.
        var broker = new KafkaBroker(
                layout, ports, 256, Map.of("transaction.abort.timed.out.transaction.cleanup.interval.ms", "200"));
        broker.initialise(launcher);
        StateFolder.handOver(layout, user);
        address = ports.address(Port.KAFKA);
        process = new ManagedProcess(broker.spec(), launcher, PidRegistry.load(layout.processes()), timer, layout);
        process.start();
        process.awaitReady(PATIENCE);
    }

    @AfterEach
    void stopBroker() {
        process.shutDown();
        timer.shutdownNow();
    }

    /** Many of each: with Kafka's own main class all of five tries left 8 to 30 of the transactions open. */
    @Test
    void transactionsThatWereOpenWhenItWasKilledAreEnded() throws Exception {
        var partitions = IntStream.range(0, PARTITIONS)
                .mapToObj(number -> new TopicPartition("t", number))
                .toList();
        try (var admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, address))) {
            admin.createTopics(List.of(new NewTopic("t", PARTITIONS, (short) 1)))
                    .all()
                    .get();
            var producers = openTransactions();
            var before = process.view().identity();

            process.kill();
            producers.forEach(producer -> producer.close(Duration.ZERO));

            await("the broker is back")
                    .atMost(PATIENCE)
                    .until(() -> process.view().state() == ManagedProcess.State.RUNNING
                            && !process.view().identity().equals(before));
            await("no transaction is open")
                    .atMost(PATIENCE)
                    .ignoreExceptions()
                    .until(() -> admin.describeProducers(partitions).all().get().values().stream()
                            .flatMap(state -> state.activeProducers().stream())
                            .noneMatch(producer ->
                                    producer.currentTransactionStartOffset().isPresent()));
        }
    }

    private List<KafkaProducer<String, String>> openTransactions() throws Exception {
        var producers = new ArrayList<KafkaProducer<String, String>>();
        for (var number = 0; number < PRODUCERS; number++) {
            var producer = new KafkaProducer<>(
                    Map.<String, Object>of(
                            ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                            address,
                            ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                            "open-" + number,
                            // Longer than it takes to open all of them, shorter than the broker takes to come back.
                            ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                            4000),
                    new StringSerializer(),
                    new StringSerializer());
            producer.initTransactions();
            producers.add(producer);
        }
        for (var producer : producers) {
            producer.beginTransaction();
            producer.send(new ProducerRecord<>("t", producers.indexOf(producer), "key", "value"))
                    .get();
        }
        return producers;
    }
}
