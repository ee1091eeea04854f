package dev.failureaware.cdc.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.failureaware.cdc.chaos.platform.kubernetes.FakeCluster;
import dev.failureaware.cdc.chaos.platform.kubernetes.FakeOperators;
import dev.failureaware.cdc.test.TestDatabase;
import dev.failureaware.cdc.test.TestPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged injector and its commands on Kubernetes: two pods, one lease, and jobs that ask for runs. */
class KubernetesInjectorIT {
    private static final Duration LIMIT = InjectorProcess.LIMIT;
    private static final String JOURNAL = FakeCluster.JOURNAL;
    private static final String REPORT = FakeCluster.REPORT;

    @TempDir
    Path folder;

    private final FakePipeline pipeline = new FakePipeline();
    private final FakeCluster cluster = new FakeCluster().asTheChartLeavesIt();
    private final List<InjectorProcess> started = new ArrayList<>();
    private FakeOperators operators;
    private TestDatabase source;

    @BeforeEach
    void prepare() {
        source = TestPostgres.freshDatabase().withSourceSchema().withSourceSeed();
        operators = new FakeOperators(cluster.others(), pipeline);
    }

    @AfterEach
    void end() {
        started.forEach(InjectorProcess::close);
        operators.close();
        cluster.close();
        pipeline.close();
    }

    @Test
    void a_pod_deleted_in_mid_fault_is_followed_by_one_that_heals_and_goes_on() throws Exception {
        var first = leading("injector-1");
        var second = pod("injector-2").awaitAnswer();
        await().atMost(LIMIT)
                .until(() ->
                        second.get("/scenario").path("leader_name").asText().equals("injector-1"));

        var refused = second.post("/trigger/lag", "");
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.body()).contains("injector-1 does");
        assertThat(second.get("/scenario").path("leader").asBoolean()).isFalse();
        assertThat(second.get("/q/health/ready").toString()).contains("\"leads\":false", "injector-1");
        holdTheConsumer(first, 600);
        first.kill();
        assertThat(operators.replicas()).isZero();

        await().atMost(LIMIT).until(() -> second.state().equals("idle"));
        assertThat(operators.replicas()).isEqualTo(2);
        assertThat(cluster.data(JOURNAL)).doesNotContainKey("journal.ndjson");
        assertThat(second.get("/events").findValuesAsText("text")).contains("done: start_sink_consumer", "healed");

        var job = second.command(folder, "run", "--file", file(lag(0.5)));
        assertThat(ended(job)).isZero();
        assertThat(job.output()).contains("injecting lag", "lifted", "verdict: PASS");
        assertThat(cluster.data(REPORT)).containsOnlyKeys("report.json", "report.html", "junit.xml");

        second.process().destroy();
        assertThat(second.process().waitFor(20, TimeUnit.SECONDS)).isTrue();
        var third = leading("injector-3");
        assertThat(third.get("/report").path("verdict").asText()).isEqualTo("PASS");
        var report = third.command(folder, "report", "--format", "junit");
        assertThat(ended(report)).isZero();
        assertThat(report.output()).contains("<testsuite");
    }

    @Test
    void replicas_that_somebody_sets_in_mid_fault_stay_and_the_failure_proves_nothing() throws Exception {
        var injector = leading("injector-1");
        holdTheConsumer(injector, 5);

        operators.scale(5);

        await().atMost(LIMIT).until(() -> injector.state().equals("finished"));
        var failure = injector.get("/report").path("failures").path(0);
        assertThat(failure.path("verdict").asText()).isEqualTo("INCONCLUSIVE");
        assertThat(failure.path("evidence").path("left_as_found").asText()).contains("scaled to 5", "it had 2");
        assertThat(operators.replicas()).isEqualTo(5);
        assertThat(cluster.data(JOURNAL)).doesNotContainKey("journal.ndjson");
    }

    @Test
    void what_lacks_is_named_before_anything_is_touched_and_a_dry_run_shows_all_of_it() throws Exception {
        var injector = leading("injector-1");
        cluster.deny("patch apps deployments/scale cdc-sink-consumer");

        var refused = injector.post("/scenario/run", lag(1));
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.body())
                .contains("may not patch deployments/scale cdc-sink-consumer in namespace cdc; grant verb"
                        + " patch on apps deployments/scale");
        var plan = injector.command(folder, "trigger", "lag", "--dry-run");
        assertThat(ended(plan)).isEqualTo(2);
        assertThat(plan.output()).contains("it cannot be run:", "may not patch deployments/scale");
        assertThat(ended(injector.command(folder, "run", "--file", file(lag(1)))))
                .isEqualTo(2);
        assertThat(injector.post("/trigger/backfill", "").statusCode()).isEqualTo(202);
        await().atMost(LIMIT).until(() -> injector.state().equals("finished"));

        cluster.allow("patch apps deployments/scale cdc-sink-consumer");
        var possible = injector.command(folder, "run", "--file", "../scenario.json", "--dry-run");
        assertThat(ended(possible)).isZero();
        assertThat(possible.output())
                .contains(
                        "delete Pod cdc-connect-0",
                        "scale Deployment cdc-sink-consumer from 2 to 0 replicas",
                        "undo   scale Deployment cdc-sink-consumer to 2 replicas, if it still is at 0",
                        "annotate KafkaConnector shop with strimzi.io/connector-offsets: reset",
                        "patch kafka.strimzi.io kafkaconnectors shop");
        assertThat(cluster.changes())
                .extracting(FakeCluster.Change::what)
                .containsOnly("update core configmaps " + REPORT);
    }

    @Test
    void a_job_that_is_ended_takes_its_run_with_it_and_one_whose_run_is_lost_says_so() throws Exception {
        var injector = leading("injector-1");
        var job = injector.command(folder, "run", "--file", file(lag(600)));
        awaitHeld(injector);

        job.process().destroy();

        assertThat(job.process().waitFor(20, TimeUnit.SECONDS)).isTrue();
        await().atMost(LIMIT).until(() -> injector.state().equals("aborted"));
        assertThat(operators.replicas()).isEqualTo(2);

        var lost = injector.command(folder, "run", "--file", file(lag(600)));
        awaitHeld(injector);
        injector.kill();
        restarted(injector, "injector-1");

        assertThat(ended(lost)).isEqualTo(1);
        assertThat(lost.output()).contains("the run is lost");
        await().atMost(LIMIT).until(() -> operators.replicas() == 2);
    }

    @Test
    void a_lease_lost_in_mid_run_aborts_it_and_the_next_holder_lifts_the_fault() throws Exception {
        var injector = leading("injector-1");
        holdTheConsumer(injector, 600);

        cluster.away(true);
        await().atMost(LIMIT).until(() -> injector.state().equals("aborted"));
        assertThat(operators.replicas()).isZero();
        cluster.away(false);

        await().atMost(LIMIT).until(() -> operators.replicas() == 2);
        await().atMost(LIMIT)
                .until(() -> injector.get("/scenario").path("leader").asBoolean());
        assertThat(injector.get("/events").findValuesAsText("text"))
                .contains("aborted: this injector does not lead any more", "done: start_sink_consumer");
        assertThat(injector.get("/report").path("verdict").asText()).isNotEqualTo("PASS");
    }

    private void holdTheConsumer(InjectorProcess injector, double seconds) throws Exception {
        var answer = injector.post("/scenario/run", lag(seconds));
        assertThat(answer.statusCode()).as(answer::body).isEqualTo(202);
        awaitHeld(injector);
    }

    private void awaitHeld(InjectorProcess injector) {
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(pipeline.stateOf("sink-consumer"))
                        .as(() -> injector.get("/events").toString())
                        .isEqualTo("held"));
    }

    private InjectorProcess leading(String name) throws IOException {
        var injector = pod(name).awaitAnswer();
        await().atMost(LIMIT).until(() -> injector.state().equals("idle"));
        return injector;
    }

    private InjectorProcess pod(String name) throws IOException {
        return launched(name, Map.of());
    }

    /** As a container that is started again behind the same service. */
    private void restarted(InjectorProcess before, String name) throws IOException {
        launched(name, Map.of("QUARKUS_HTTP_PORT", String.valueOf(before.uri("").getPort())));
    }

    private InjectorProcess launched(String name, Map<String, String> more) throws IOException {
        var environment = new HashMap<>(more);
        environment.put("INJECTOR_PLATFORM", "kubernetes");
        environment.put("INJECTOR_KUBERNETES_NAMESPACE", FakeCluster.NAMESPACE);
        environment.put("INJECTOR_KUBERNETES_SINK_CONSUMER", FakeOperators.DEPLOYMENT);
        environment.put("INJECTOR_KUBERNETES_CONNECT", FakeOperators.CONNECT);
        // Who is stopped by a busy machine for seconds must keep its lease.
        environment.put("INJECTOR_KUBERNETES_LEASE_DURATION", "15s");
        environment.put("INJECTOR_STEADY_LEAD", "200ms");
        environment.put("INJECTOR_POLL_INTERVAL", "50ms");
        environment.put("INJECTOR_LAG_INTERVAL", "50ms");
        environment.put("POD_NAME", name);
        // The client finds its cluster by itself, as in a pod; the extension's own settings are fixed at build time.
        environment.put("KUBERNETES_MASTER", cluster.url());
        var injector =
                InjectorProcess.service(folder, pipeline, source, List.of("-Dinjector.step-timeout=20s"), environment);
        started.add(injector);
        return injector;
    }

    private static int ended(InjectorProcess command) throws InterruptedException {
        assertThat(command.process().waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        return command.process().exitValue();
    }

    private String file(String scenario) throws IOException {
        return Files.writeString(folder.resolve("given.json"), scenario).toString();
    }

    private static String lag(double seconds) {
        return "{\"id\":\"test\",\"failures\":[{\"id\":\"lag-1\",\"type\":\"lag\",\"duration_seconds\":%s}]}"
                .formatted(seconds);
    }
}
