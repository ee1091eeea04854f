package dev.failureaware.cdc.kafka;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.ObjectName;
import kafka.Kafka;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.storage.internals.checkpoint.CleanShutdownFileHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kafka's own main class, with one step before it where the node, broker and controller in one, was killed.
 *
 * <p>Such a node finds itself in its metadata as leader of its partitions, and believes it until its controller lets the dead
 * broker's session run out and takes the leaders away. In that moment, with 4.3.1, the coordinator of transactions takes
 * partitions without a leader for deleted ones and leaves out the markers that end what was being committed or aborted at
 * the kill. Nobody writes them later: readers of committed records wait at that transaction for ever. Therefore the controller
 * runs alone first, until it has taken the leaders away.
 */
public final class KafkaNode {
    private static final Logger LOG = LoggerFactory.getLogger("kafka.server.KafkaNode");
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration NO_BROKER_AFTER = Duration.ofSeconds(3);
    private static final Duration LOOK_EVERY = Duration.ofMillis(50);

    private KafkaNode() {}

    /** @param arguments as Kafka's: the file of its settings */
    public static void main(String[] arguments) throws Exception {
        var settings = Kafka.getPropsFromArgs(arguments);
        if (wasKilled(Path.of(settings.getProperty("log.dirs")))) {
            takeLeadersAway(settings);
        }
        Kafka.main(arguments);
    }

    private static boolean wasKilled(Path data) {
        return Files.isDirectory(data.resolve("__cluster_metadata-0"))
                && !new CleanShutdownFileHandler(data.toString()).exists();
    }

    private static void takeLeadersAway(Properties settings) throws JMException, InterruptedException {
        var alone = new Properties();
        alone.putAll(settings);
        var controllers =
                List.of(settings.getProperty("controller.listener.names").split(","));
        alone.setProperty("process.roles", "controller");
        alone.setProperty(
                "listeners",
                Arrays.stream(settings.getProperty("listeners").split(","))
                        .filter(listener -> controllers.contains(listener.substring(0, listener.indexOf(':'))))
                        .collect(Collectors.joining(",")));
        alone.remove("advertised.listeners");
        // Nobody is there who could send a heartbeat.
        alone.setProperty("broker.session.timeout.ms", "500");
        alone.setProperty("broker.heartbeat.interval.ms", "100");
        var controller = new KafkaRaftServer(KafkaConfig.fromProps(alone, false), Time.SYSTEM);
        controller.startup();
        awaitNoLeaders();
        controller.shutdown();
        controller.awaitShutdown();
    }

    private static void awaitNoLeaders() throws JMException, InterruptedException {
        var end = System.nanoTime() + PATIENCE.toNanos();
        var noBrokerSince = System.nanoTime();
        while (true) {
            var now = System.nanoTime();
            if (count("ActiveBrokerCount") == 0 && count("FencedBrokerCount") > 0) {
                LOG.info("The killed broker is fenced");
                return;
            }
            if (count("ActiveBrokerCount") > 0 || count("ActiveControllerCount") == 0) {
                noBrokerSince = now;
            } else if (now - noBrokerSince > NO_BROKER_AFTER.toNanos()) {
                LOG.info("Killed before its broker was known");
                return;
            }
            if (now > end) {
                LOG.warn(
                        "The controller has not fenced the killed broker within {} s; a transaction that was being ended may"
                                + " stay open",
                        PATIENCE.toSeconds());
                return;
            }
            Thread.sleep(LOOK_EVERY.toMillis());
        }
    }

    /** Of the controller, which counts when it is active; 0 before it has registered its metrics. */
    private static int count(String name) throws JMException {
        try {
            return (int) ManagementFactory.getPlatformMBeanServer()
                    .getAttribute(new ObjectName("kafka.controller:type=KafkaController,name=" + name), "Value");
        } catch (InstanceNotFoundException e) {
            return 0;
        }
    }
}
