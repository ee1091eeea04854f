package dev.failureaware.cdc.stack;

import dev.failureaware.cdc.injector.client.Table;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.Command;

@Command(name = "kafka-topics", description = "Topics with their partitions, offsets and sizes.")
final class KafkaTopicsCommand implements Callable<Integer> {
    @Override
    public Integer call() throws InterruptedException {
        var address = Endpoints.of(Layout.of(System.getenv())).kafka();
        try (var admin = Admin.create(Map.of(
                "bootstrap.servers", address, "request.timeout.ms", "10000", "default.api.timeout.ms", "10000"))) {
            print(admin);
            return ExitCode.OK.code();
        } catch (ExecutionException e) {
            throw new StackException(
                    ExitCode.NOT_STARTED,
                    "kafka does not answer at " + address + ": " + e.getCause().getMessage(),
                    e);
        }
    }

    private static void print(Admin admin) throws ExecutionException, InterruptedException {
        var names = admin.listTopics(new ListTopicsOptions().listInternal(true))
                .names()
                .get();
        var topics = new TreeMap<>(admin.describeTopics(names).allTopicNames().get());
        var first = new java.util.HashMap<TopicPartition, OffsetSpec>();
        var end = new java.util.HashMap<TopicPartition, OffsetSpec>();
        topics.forEach((name, topic) -> topic.partitions().forEach(partition -> {
            first.put(new TopicPartition(name, partition.partition()), OffsetSpec.earliest());
            end.put(new TopicPartition(name, partition.partition()), OffsetSpec.latest());
        }));
        var firstOffsets = admin.listOffsets(first).all().get();
        var endOffsets = admin.listOffsets(end).all().get();
        var sizes = sizes(admin);
        var table = new Table("topic", "partition", "first offset", "end offset", "kB");
        topics.forEach((name, topic) -> topic.partitions().forEach(info -> {
            var partition = new TopicPartition(name, info.partition());
            table.row(
                    name,
                    Integer.toString(info.partition()),
                    Long.toString(firstOffsets.get(partition).offset()),
                    Long.toString(endOffsets.get(partition).offset()),
                    Long.toString(sizes.getOrDefault(partition, 0L) >> 10));
        }));
        System.out.print(table.text());
        System.out.println("Offsets also count transaction markers: their difference is no number of events.");
    }

    private static Map<TopicPartition, Long> sizes(Admin admin) throws ExecutionException, InterruptedException {
        var sizes = new java.util.HashMap<TopicPartition, Long>();
        var brokers = admin.describeCluster().nodes().get().stream()
                .map(node -> node.id())
                .toList();
        admin.describeLogDirs(brokers)
                .allDescriptions()
                .get()
                .values()
                .forEach(folders -> folders.values()
                        .forEach(folder -> folder.replicaInfos()
                                .forEach((partition, replica) -> sizes.merge(partition, replica.size(), Long::sum))));
        return sizes;
    }
}
