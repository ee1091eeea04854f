package dev.failureaware.cdc.stack;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "kafka-consume", description = "Change events of a topic, one line each; only committed ones.")
final class KafkaConsumeCommand implements Callable<Integer> {
    private static final Duration POLL = Duration.ofMillis(500);

    @Parameters(arity = "0..1", paramLabel = "TOPIC", defaultValue = "shop.public.customers")
    String topic;

    @Option(names = "--max", description = "Ends after so many events (${DEFAULT-VALUE}).", defaultValue = "20")
    int max;

    @Option(names = "--tail", description = "Only events from now on; waits for them at most a minute.")
    boolean tail;

    @Override
    public Integer call() {
        if (max < 1) {
            throw StackException.badInput("--max " + max + ": must be at least 1");
        }
        var address = Endpoints.of(Layout.of(System.getenv())).kafka();
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", address,
                "isolation.level", "read_committed",
                "enable.auto.commit", "false",
                "auto.offset.reset", "earliest",
                "default.api.timeout.ms", "10000");
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consume(consumer);
            return ExitCode.OK.code();
        } catch (KafkaException e) {
            throw new StackException(ExitCode.NOT_STARTED, "kafka, " + address + ": " + e.getMessage(), e);
        }
    }

    private void consume(KafkaConsumer<String, String> consumer) {
        var partitions = consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        if (partitions.isEmpty()) {
            throw StackException.badInput("there is no topic " + topic + "; see: make kafka-topics");
        }
        consumer.assign(partitions);
        var ends = consumer.endOffsets(partitions);
        if (tail) {
            consumer.seekToEnd(partitions);
        } else {
            consumer.seekToBeginning(partitions);
        }
        var until = Instant.now().plus(Duration.ofMinutes(1));
        var shown = 0;
        while (shown < max && Instant.now().isBefore(until)) {
            for (var record : consumer.poll(POLL)) {
                if (shown < max) {
                    System.out.println(line(record));
                    shown++;
                }
            }
            if (!tail && partitions.stream().allMatch(at -> consumer.position(at) >= ends.get(at))) {
                break;
            }
        }
        System.out.println(shown + " events of " + topic);
    }

    private static String line(ConsumerRecord<String, String> record) {
        var where = "%d@%d".formatted(record.partition(), record.offset());
        if (record.value() == null) {
            return "%-9s -  %s  (tombstone)".formatted(where, payload(record.key()));
        }
        var value = payload(record.value());
        var image = value.hasNonNull("after") ? value.path("after") : value.path("before");
        return "%-9s %s  %s  %s  %s"
                .formatted(
                        where,
                        value.path("op").asText("?"),
                        payload(record.key()),
                        value.at("/source/sequence").asText("-"),
                        Json.compact(image.isMissingNode() || image.isNull() ? value : image));
    }

    /** Without the schema that is embedded in each message. */
    private static JsonNode payload(String message) {
        try {
            var json = Json.parse(message == null ? "null" : message);
            return json.has("payload") ? json.path("payload") : json;
        } catch (IllegalArgumentException e) {
            return com.fasterxml.jackson.databind.node.TextNode.valueOf(message);
        }
    }
}
