package dev.failureaware.cdc.system;

import static dev.failureaware.cdc.system.Cluster.RELEASE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * The chart in a real cluster: installed, broken five times, its injector killed in the middle of a fault, upgraded, removed.
 * That a fault happened is read from the cluster, not from the injector's word.
 */
@Tag("cluster")
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@ExtendWith({Cluster.Needed.class, ClusterST.LogsOfAFailure.class})
class ClusterST {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration LONGEST_SCENARIO = Duration.ofMinutes(20);
    private static final String SINK_CONSUMER = RELEASE + "-sink-consumer";
    private static final String CONNECTOR = RELEASE + "-source";

    private Cluster cluster;

    @BeforeAll
    void install() {
        cluster = Cluster.ofCurrentContext();
        cluster.install();
        await("Strimzi's resources")
                .atMost(Duration.ofMinutes(10))
                .pollInterval(Duration.ofSeconds(2))
                .until(() -> cluster.isReady("kafkas", RELEASE)
                        && cluster.isReady("kafkaconnects", RELEASE)
                        && cluster.isReady("kafkaconnectors", CONNECTOR));
    }

    @AfterAll
    void removeNamespace() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    @Order(1)
    void sourceAndSinkAgreeAfterTheInstallation() {
        assertPass();
    }

    /** Seen on the dashboard as well, where there is a browser. */
    @Test
    @Order(2)
    void eachOfTheFiveFailuresHitsAndPasses() throws Exception {
        var browser = Browser.ifInstalled();
        try (var forward = cluster.dashboard()) {
            var page = URI.create("http://127.0.0.1:" + forward.getLocalPort() + "/");
            try (var watch = browser.map(opened -> new DashboardWatch(opened, page, "cluster"))
                    .orElse(null)) {
                runTheFiveFailures();
                if (watch != null) {
                    watch.awaitVerdict();
                    watch.assertTheFiveFailuresWereSeen();
                    assertThat(browser.get().problems())
                            .as("what the page complained about")
                            .isEmpty();
                }
            }
        } finally {
            browser.ifPresent(Browser::close);
        }
    }

    private void runTheFiveFailures() throws Exception {
        var before = cluster.podUids();
        var document = Files.readString(Document.REPOSITORY.resolve("scenarios/quick.json"));

        cluster.injector("POST", "/scenario/run", document);
        var seen = new HashSet<String>();
        var view = await("the scenario's end")
                .atMost(LONGEST_SCENARIO)
                .pollInterval(Duration.ofMillis(500))
                .until(
                        () -> {
                            noteWhatIsBroken(seen);
                            return cluster.injector("GET", "/scenario", null);
                        },
                        scenario -> !scenario.path("state").asText().equals("running"));

        assertThat(view.path("state").asText()).as(view.toPrettyString()).isEqualTo("finished");
        assertThat(view.path("verdict").asText()).as(view.toPrettyString()).isEqualTo("PASS");
        assertThat(view.path("failures"))
                .extracting(failure -> failure.path("type").asText() + " "
                        + failure.path("verdict").asText())
                .containsExactly("restart PASS", "lag PASS", "schema PASS", "duplicate PASS", "backfill PASS");

        var after = cluster.podUids();
        assertThat(after.get(RELEASE + "-connect-0"))
                .as("the restart deleted the worker's pod")
                .isNotNull()
                .isNotEqualTo(before.get(RELEASE + "-connect-0"));
        assertThat(seen)
                .as("the lag scaled the consumer to zero, the duplicate stopped the connector")
                .containsExactlyInAnyOrder(SINK_CONSUMER, CONNECTOR);
        assertThat(podNames(before, SINK_CONSUMER)).doesNotContainAnyElementsOf(podNames(after, SINK_CONSUMER));
        assertNothingIsLeftToUndo();
        assertPass();
    }

    private void noteWhatIsBroken(Set<String> seen) {
        if (cluster.replicas(SINK_CONSUMER) == 0) {
            seen.add(SINK_CONSUMER);
        }
        var connector = Stack.JSON.valueToTree(cluster.strimzi("kafkaconnectors", CONNECTOR));
        if (connector.at("/spec/state").asText().equals("stopped")) {
            seen.add(CONNECTOR);
        }
    }

    private static HashSet<String> podNames(Map<String, String> uids, String prefix) {
        var names = new HashSet<>(uids.keySet());
        names.removeIf(name -> !name.startsWith(prefix));
        return names;
    }

    @Test
    @Order(3)
    void anInjectorThatDiesInTheMiddleOfAFaultHealsItInItsNextLife() {
        cluster.injector("POST", "/scenario/run", """
            {"id": "long-lag", "name": "A long lag", "version": "1.0.0",
             "failures": [{"id": "lag", "type": "lag", "delay_seconds": 1, "duration_seconds": 600}]}\
            """);
        await("the fault").atMost(PATIENCE).until(() -> cluster.replicas(SINK_CONSUMER) == 0);
        var killed = cluster.pod("chaos-injector");

        cluster.client()
                .pods()
                .inNamespace(cluster.namespace())
                .withName(killed.getMetadata().getName())
                .withGracePeriod(0)
                .delete();

        await("the consumer's replicas").atMost(PATIENCE).until(() -> cluster.replicas(SINK_CONSUMER) == 1);
        await("the injector")
                .atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> cluster.injector("GET", "/scenario", null)
                        .path("state")
                        .asText()
                        .equals("idle"));
        assertThat(cluster.pod("chaos-injector").getMetadata().getUid())
                .isNotEqualTo(killed.getMetadata().getUid());
        assertNothingIsLeftToUndo();
        assertPass();
    }

    @Test
    @Order(4)
    void anUpgradeRollsOnlyWhatHasChanged() {
        await().atMost(PATIENCE)
                .until(() -> cluster.podUids().keySet().stream().anyMatch(name -> name.startsWith(SINK_CONSUMER)));
        var before = cluster.podUids();

        cluster.upgrade("loadGenerator.rate", 30);

        await("only the new pods").atMost(PATIENCE).untilAsserted(() -> {
            var after = cluster.podUids();
            var gone = new HashMap<>(before);
            gone.entrySet().removeAll(after.entrySet());
            assertThat(gone.keySet()).singleElement().asString().startsWith(RELEASE + "-load-generator");
            assertThat(after).hasSameSizeAs(before);
        });
        assertPass();
    }

    @Test
    @Order(5)
    void nothingIsLeftAfterUninstalling() {
        cluster.uninstall();

        await("an empty namespace")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofSeconds(2))
                .untilAsserted(() -> assertThat(cluster.leftovers()).isEmpty());
    }

    private void assertNothingIsLeftToUndo() {
        assertThat(cluster.replicas(SINK_CONSUMER)).isEqualTo(1);
        var connector = cluster.strimzi("kafkaconnectors", CONNECTOR);
        assertThat(Stack.JSON.valueToTree(connector).at("/spec/state").asText("running"))
                .isIn("running", "");
        assertThat(
                        connector.getMetadata().getAnnotations() == null
                                ? Map.<String, String>of()
                                : connector.getMetadata().getAnnotations())
                .doesNotContainKey("strimzi.io/connector-offsets");
    }

    /** The first one after a fault may still have to wait for the last pod. */
    private void assertPass() {
        await("a fenced PASS").atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> {
            var report = cluster.verify(Duration.ofSeconds(60));
            assertThat(report.path("status").asText())
                    .as(report.path("reason").asText())
                    .isEqualTo("PASS");
            assertThat(report.path("fence").isObject()).isTrue();
            assertThat(report.at("/summary/totalSourceRows").asLong()).isPositive();
        });
    }

    /** Before the namespace and all logs in it are removed. */
    static final class LogsOfAFailure implements TestWatcher {
        @Override
        public void testFailed(ExtensionContext context, Throwable cause) {
            context.getTestInstance()
                    .map(ClusterST.class::cast)
                    .filter(test -> test.cluster != null)
                    .ifPresent(test -> test.cluster.printLogs());
        }
    }
}
