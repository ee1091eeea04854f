package dev.failureaware.cdc.chaos.platform.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.failureaware.cdc.chaos.FakePipeline;
import dev.failureaware.cdc.chaos.platform.Audit;
import dev.failureaware.cdc.chaos.platform.CallFailedException;
import dev.failureaware.cdc.chaos.platform.Capability;
import dev.failureaware.cdc.chaos.platform.ConnectRest;
import dev.failureaware.cdc.chaos.platform.ConnectorLife;
import dev.failureaware.cdc.chaos.platform.HttpJson;
import dev.failureaware.cdc.chaos.platform.Leadership;
import dev.failureaware.cdc.chaos.platform.Platform;
import dev.failureaware.cdc.chaos.platform.PlatformContract;
import dev.failureaware.cdc.chaos.platform.Undo;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The contract on Kubernetes, and each guard that there is because others work on the same objects. */
class KubernetesPlatformTest extends PlatformContract {
    private static final String SCALE = "patch apps deployments/scale " + FakeOperators.DEPLOYMENT;
    private static final String CONNECTOR = "patch kafka.strimzi.io kafkaconnectors " + FakeOperators.CONNECTOR;
    private static final Duration SHORT = Duration.ofMillis(400);

    private final FakePipeline rest = new FakePipeline();
    private final FakeCluster cluster = new FakeCluster().asTheChartLeavesIt();
    private final List<Platform> made = new ArrayList<>();
    private FakeOperators operators;
    private Duration limit = LIMIT;

    @BeforeEach
    void start() {
        operators = new FakeOperators(cluster.others(), rest);
        await().atMost(LIMIT)
                .until(() -> operators.deployment().getStatus() != null
                        && operators.deployment().getStatus().getReadyReplicas() == 2);
    }

    @AfterEach
    void stop() {
        made.forEach(platform -> platform.leadership().close());
        operators.close();
        cluster.close();
        rest.close();
    }

    /** The former life lets its lease go. */
    @Override
    protected Platform platform() {
        made.forEach(platform -> platform.leadership().close());
        var settings = new KubernetesSettings(
                FakeCluster.NAMESPACE,
                Optional.of(FakeOperators.DEPLOYMENT),
                Optional.of(FakeOperators.CONNECT),
                FakeOperators.CONNECTOR,
                FakeCluster.JOURNAL,
                FakeCluster.REPORT,
                FakeCluster.LEASE,
                Duration.ofSeconds(3),
                "cdc-chaos-injector-" + made.size());
        var platform = new KubernetesPlatform(cluster::client, settings, connect(), time, limit, audit);
        made.add(platform);
        platform.leadership().begin(new Leadership.Listener() {
            @Override
            public void gained() {}

            @Override
            public void lost() {}
        });
        await().atMost(LIMIT).until(platform.leadership()::leads);
        return platform;
    }

    @Override
    protected ConnectRest connect() {
        return new ConnectRest(
                new HttpJson("Connect", rest.uri(), Optional.empty(), LIMIT), FakeOperators.CONNECTOR, time, limit);
    }

    @Override
    protected List<?> changes() {
        return cluster.changes();
    }

    /** Strimzi and the Deployment's controller write the same objects, so a try may be too late. */
    @Override
    protected void mayBeRefusedAndDoneAgain(Audit.Entry entry) {
        assertThat(entry.result()).contains("has been modified");
    }

    @Override
    protected void aPersonRepairsEverything() throws Exception {
        operators.scale(2);
        operators.setState(null);
        connect().awaitRunning();
    }

    @Test
    void a_pod_is_deleted_with_a_second_of_grace_and_only_as_the_one_that_was_looked_at() throws Exception {
        var worker = platform().worker();
        var undo = worker.undo();

        worker.kill(undo);

        assertThat(cluster.changes()).singleElement().satisfies(change -> {
            assertThat(change.what()).isEqualTo("delete core pods " + FakeOperators.CONNECT_POD);
            assertThat(change.body())
                    .contains(
                            "\"gracePeriodSeconds\":1",
                            "\"preconditions\":{\"uid\":\"" + undo.former().get("uid"));
        });
        await().atMost(LIMIT).until(() -> worker.present().running());
        refused(() -> worker.kill(undo), "has been replaced");
        assertThat(cluster.changes()).hasSize(1);
    }

    @Test
    void a_consumer_is_scaled_through_the_subresource_alone() throws Exception {
        var consumer = platform().sinkConsumer();
        var undo = consumer.undo();
        consumer.takeAway(undo);
        consumer.lift(undo);

        assertThat(cluster.changes()).extracting(FakeCluster.Change::what).containsOnly(SCALE);
        assertThat(operators.replicas()).isEqualTo(2);
    }

    @Test
    void a_consumer_is_away_only_when_its_last_pod_is_gone() throws Exception {
        operators.scale(5);
        await().atMost(LIMIT).until(() -> platform().sinkConsumer().state().running());
        var consumer = platform().sinkConsumer();

        consumer.takeAway(consumer.undo());

        assertThat(cluster.others()
                        .pods()
                        .inNamespace(FakeCluster.NAMESPACE)
                        .withLabel("app", "sink-consumer")
                        .list()
                        .getItems())
                .isEmpty();
    }

    @Test
    void replicas_changed_between_look_and_act_stop_the_fault() throws Exception {
        var consumer = platform().sinkConsumer();
        var undo = consumer.undo();
        operators.scale(3);

        refused(() -> consumer.takeAway(undo), "somebody else scales it");

        assertThat(operators.replicas()).isEqualTo(3);
    }

    @Test
    void replicas_that_somebody_else_set_during_the_fault_are_left_and_said() throws Exception {
        var consumer = platform().sinkConsumer();
        var undo = consumer.undo();
        consumer.takeAway(undo);
        operators.scale(7);

        var lifted = consumer.lift(undo);

        assertThat(lifted.otherwise()).hasValueSatisfying(why -> assertThat(why).contains("scaled to 7", "it had 2"));
        assertThat(operators.replicas()).isEqualTo(7);
        assertThat(consumer.state().away()).isFalse();
    }

    @Test
    void a_consumer_scaled_up_while_it_goes_away_is_not_away() throws Exception {
        var consumer = platform().sinkConsumer();
        var undo = consumer.undo();
        operators.scale(0);
        await().atMost(LIMIT).until(() -> consumer.state().away());
        operators.scale(2);

        refused(
                () -> consumer.takeAway(new Undo(
                        Capability.SINK_CONSUMER,
                        Map.of("replicas", "1", "uid", undo.former().get("uid")))),
                "changed");
    }

    @Test
    void another_deployment_of_the_same_name_is_left_alone() throws Exception {
        var consumer = platform().sinkConsumer();
        var undo = consumer.undo();
        consumer.takeAway(undo);
        operators.deleteDeployment();
        cluster.others().resource(FakeOperators.consumer(0)).create();

        assertThat(consumer.lift(undo).otherwise())
                .hasValueSatisfying(why -> assertThat(why).contains("another one"));
        assertThat(operators.replicas()).isZero();
    }

    @Test
    void a_deployment_and_a_connector_that_are_gone_need_no_undo() throws Exception {
        var platform = platform();
        var consumer = platform.sinkConsumer().undo();
        var connector = platform.connector().undo();
        operators.deleteDeployment();
        operators.deleteConnector();

        assertThat(platform.lift(consumer).otherwise())
                .hasValueSatisfying(why -> assertThat(why).contains("is gone"));
        assertThat(platform.lift(connector).otherwise())
                .hasValueSatisfying(why -> assertThat(why).contains("is gone"));
        refused(() -> platform.sinkConsumer().takeAway(consumer), "there is no Deployment");
        refused(() -> platform.connector().stop(connector), "there is no KafkaConnector");
    }

    @Test
    void a_worker_that_never_comes_back_is_reported_and_not_waited_for_for_ever() throws Exception {
        limit = SHORT;
        var worker = platform().worker();
        var undo = worker.undo();
        operators.pauseMakingPods(true);
        worker.kill(undo);

        assertThat(worker.lift(undo).otherwise())
                .hasValueSatisfying(why -> assertThat(why).contains("no pod of KafkaConnect"));
    }

    @Test
    void a_restarted_container_is_another_life_too() throws Exception {
        var worker = platform().worker();
        var before = worker.present();

        operators.editWorker(pod -> {
            pod.getStatus().getContainerStatuses().get(0).setContainerID("containerd://another");
            return pod;
        });

        assertThat(worker.present().same(before)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "running,running",
        ",",
    })
    void the_former_state_is_restored_and_an_absent_one_removed(String former, String restored) throws Exception {
        operators.setState(former);
        var connector = platform().connector();
        var undo = connector.undo();
        connector.stop(undo);
        assertThat(FakeOperators.state(operators.kafkaConnector())).isEqualTo("stopped");

        connector.lift(undo);

        assertThat(FakeOperators.state(operators.kafkaConnector())).isEqualTo(restored);
        connect().awaitRunning();
    }

    @Test
    void an_annotation_that_is_not_acknowledged_does_not_stay() throws Exception {
        limit = SHORT;
        var connector = platform().connector();
        var undo = connector.undo();
        operators.pauseResetting(true);
        connector.stop(undo);

        assertThatExceptionOfType(CallFailedException.class)
                .isThrownBy(() -> connector.forgetOffsets(undo))
                .withMessageContaining("Strimzi's removal of the annotation");

        assertThat(FakeOperators.annotation(operators.kafkaConnector())).isNull();
        operators.pauseResetting(false);
        connector.lift(undo);
        assertThat(connect().offsets()).isNotEmpty();
    }

    @Test
    void an_annotation_left_by_a_life_that_died_is_removed_when_the_next_one_heals() throws Exception {
        var connector = platform().connector();
        var undo = connector.undo();
        var resetting = inMidReset(connector, undo);

        var next = platform();
        next.lift(undo);

        assertThat(FakeOperators.annotation(operators.kafkaConnector())).isNull();
        operators.pauseResetting(false);
        resetting.interrupt();
        resetting.join();
        connect().awaitRunning();
        assertThat(connect().offsets()).isNotEmpty();
    }

    @Test
    void an_interrupt_in_mid_reset_takes_the_annotation_away() throws Exception {
        var connector = platform().connector();
        var undo = connector.undo();
        var resetting = inMidReset(connector, undo);

        resetting.interrupt();
        resetting.join();

        assertThat(FakeOperators.annotation(operators.kafkaConnector())).isNull();
    }

    /** A thread that has asked Strimzi for a reset and waits for its answer. */
    private Thread inMidReset(ConnectorLife connector, Undo undo) throws Exception {
        operators.pauseResetting(true);
        connector.stop(undo);
        var resetting = new Thread(() -> {
            try {
                connector.forgetOffsets(undo);
            } catch (CallFailedException | InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        resetting.start();
        await().atMost(LIMIT).until(() -> FakeOperators.annotation(operators.kafkaConnector()) != null);
        return resetting;
    }

    @Test
    void an_annotation_that_waits_for_the_next_stop_is_found_before_it_fires() throws Exception {
        operators.editConnector(now -> {
            now.getMetadata().setAnnotations(new java.util.HashMap<>(Map.of(StrimziConnector.OFFSETS, "reset")));
            return now;
        });

        assertThat(platform().lacking(Set.of(Capability.CONNECTOR)))
                .singleElement()
                .asString()
                .contains("would fire when it is stopped");
    }

    @Test
    void a_state_that_somebody_else_set_during_the_fault_is_left_and_said() throws Exception {
        var connector = platform().connector();
        var undo = connector.undo();
        connector.stop(undo);
        operators.setState("paused");

        assertThat(connector.lift(undo).otherwise())
                .hasValueSatisfying(why -> assertThat(why).contains("changed to paused"));
        assertThat(FakeOperators.state(operators.kafkaConnector())).isEqualTo("paused");
        refused(() -> connector.forgetOffsets(undo), "does not stay stopped");
    }

    @Test
    void a_connector_replaced_during_the_fault_is_left_alone() throws Exception {
        var connector = platform().connector();
        var undo = connector.undo();
        connector.stop(undo);
        operators.deleteConnector();
        operators.createConnector("stopped");

        assertThat(connector.lift(undo).otherwise())
                .hasValueSatisfying(why -> assertThat(why).contains("another one"));
        refused(() -> connector.forgetOffsets(undo), "has been replaced");
        assertThat(FakeOperators.state(operators.kafkaConnector())).isEqualTo("stopped");
    }

    @ParameterizedTest
    @CsvSource({"paused", "stopped"})
    void a_connector_that_does_not_run_is_no_subject(String state) throws Exception {
        operators.setState(state);

        assertThat(platform().lacking(Set.of(Capability.CONNECTOR)))
                .singleElement()
                .asString()
                .contains("is " + state + " by its spec.state");
    }

    @Test
    void without_the_label_nothing_is_touched() throws Exception {
        var platform = platform();
        var consumer = platform.sinkConsumer().undo();
        var worker = platform.worker().undo();
        var connector = platform.connector().undo();
        takeLabels();

        refused(() -> platform.sinkConsumer().takeAway(consumer), "label failureaware.dev/chaos: allowed");
        refused(() -> platform.worker().kill(worker), "label failureaware.dev/chaos: allowed");
        refused(() -> platform.connector().stop(connector), "label failureaware.dev/chaos: allowed");

        assertThat(cluster.changes()).isEmpty();
        assertThat(platform.lacking(EnumSet.allOf(Capability.class)))
                .hasSize(3)
                .allSatisfy(lack -> assertThat(lack).contains("does not carry the label"));
    }

    /** It stays in the journal, and healing says so until the label or the replicas are back. */
    @Test
    void a_label_taken_in_mid_fault_holds_for_the_undo_too() throws Exception {
        var platform = platform();
        var undo = platform.sinkConsumer().undo();
        platform.sinkConsumer().takeAway(undo);
        takeLabels();

        refused(() -> platform.lift(undo), "add the label to allow it");

        assertThat(operators.replicas()).isZero();
        operators.scale(2);
        assertThat(platform.lift(undo).otherwise()).isEmpty();
    }

    private void takeLabels() {
        operators.editDeployment(now -> new DeploymentBuilder(now)
                .editMetadata()
                .removeFromLabels(OptIn.LABEL)
                .endMetadata()
                .build());
        operators.editConnector(now -> {
            now.getMetadata().setLabels(Map.of());
            return now;
        });
        operators.editWorker(now -> {
            now.getMetadata().getLabels().put(OptIn.LABEL, "no");
            return now;
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SINK_CONSUMER|patch apps deployments/scale cdc-sink-consumer|may not patch deployments/scale cdc-sink-consumer"
                        + " in namespace cdc; grant verb patch on apps deployments/scale",
                "SINK_CONSUMER|get apps deployments cdc-sink-consumer|may not get deployments cdc-sink-consumer in namespace"
                        + " cdc; grant verb get on apps deployments",
                "WORKER|delete core pods cdc-connect-0|may not delete pods cdc-connect-0 in namespace cdc; grant verb delete on"
                        + " core pods",
                "WORKER|list core pods|may not list pods in namespace cdc; grant verb list on core pods",
                "CONNECTOR|patch kafka.strimzi.io kafkaconnectors shop|may not patch kafkaconnectors shop in namespace cdc; grant"
                        + " verb patch on kafka.strimzi.io kafkaconnectors",
                "CONNECTOR|update core configmaps cdc-chaos-journal|may not update configmaps cdc-chaos-journal in namespace"
                        + " cdc; grant verb update on core configmaps",
            })
    void a_right_that_lacks_is_named_before_anything_is_touched(Capability wanted, String right, String message)
            throws Exception {
        cluster.deny(right);

        assertThat(platform().lacking(Set.of(wanted))).containsExactly(message);

        assertThat(cluster.changes()).isEmpty();
    }

    @Test
    void all_that_lacks_is_named_at_once_and_only_what_is_wanted_is_asked_for() throws Exception {
        cluster.deny(SCALE);
        cluster.deny(CONNECTOR);
        operators.deleteWorker();
        operators.pauseMakingPods(true);

        assertThat(platform().lacking(EnumSet.allOf(Capability.class)))
                .hasSize(3)
                .anyMatch(lack -> lack.contains("there is no pod of KafkaConnect"));
        assertThat(platform().lacking(Set.of())).isEmpty();
        operators.pauseMakingPods(false);
        await().atMost(LIMIT)
                .until(() -> platform().lacking(Set.of(Capability.WORKER)).isEmpty());
    }

    @Test
    void a_capability_without_its_setting_is_refused_with_the_setting_that_is_missing() throws Exception {
        var bare = new KubernetesSettings(
                FakeCluster.NAMESPACE,
                Optional.empty(),
                Optional.empty(),
                FakeOperators.CONNECTOR,
                FakeCluster.JOURNAL,
                FakeCluster.REPORT,
                FakeCluster.LEASE,
                Duration.ofSeconds(3),
                "x");
        var platform = new KubernetesPlatform(cluster::client, bare, connect(), time, limit, audit);

        assertThat(platform.lacking(Set.of(Capability.WORKER)))
                .singleElement()
                .asString()
                .contains("injector.kubernetes.connect is not set");
        assertThat(platform.lacking(Set.of(Capability.SINK_CONSUMER)))
                .singleElement()
                .asString()
                .contains("injector.kubernetes.sink-consumer is not set");
    }

    @Test
    void a_conflict_is_tried_again_on_what_is_there_now() throws Exception {
        var platform = platform();
        cluster.conflictNext(SCALE, 2);
        cluster.conflictNext(CONNECTOR, 2);
        var consumer = platform.sinkConsumer().undo();
        var connector = platform.connector().undo();

        platform.sinkConsumer().takeAway(consumer);
        platform.connector().stop(connector);
        cluster.conflictNext(SCALE, 2);
        cluster.conflictNext(CONNECTOR, 2);
        platform.lift(consumer);
        platform.lift(connector);

        assertThat(operators.replicas()).isEqualTo(2);
        assertThat(FakeOperators.state(operators.kafkaConnector())).isNull();
    }

    @Test
    void a_refusal_is_not_repeated() throws Exception {
        var consumer = platform().sinkConsumer();
        var undo = consumer.undo();
        cluster.deny(SCALE);

        refused(() -> consumer.takeAway(undo), "forbidden");

        assertThat(cluster.changes()).hasSize(1);
    }

    @Test
    void an_api_server_that_is_away_for_a_while_delays_an_undo_and_no_more() throws Exception {
        var platform = platform();
        var undo = platform.sinkConsumer().undo();
        platform.sinkConsumer().takeAway(undo);
        cluster.refuseNext(10);

        assertThat(platform.lift(undo).otherwise()).isEmpty();

        assertThat(cluster.stillRefuses()).isFalse();
        assertThat(operators.replicas()).isEqualTo(2);
    }

    @Test
    void without_the_lease_nothing_is_touched_and_nothing_is_forgotten() throws Exception {
        var platform = platform();
        var undo = platform.sinkConsumer().undo();
        platform.journal().write("lag-1", time.now(), List.of(undo));
        platform.sinkConsumer().takeAway(undo);
        platform.leadership().close();
        var before = cluster.changes().size();

        refused(() -> platform.lift(undo), "whoever holds it lifts what is open");
        refused(() -> platform.journal().clear(), "another injector may hold the lease");

        assertThat(cluster.changes()).hasSize(before);
        assertThat(platform().journal().pending()).containsExactly(undo);
    }

    private static void refused(org.assertj.core.api.ThrowableAssert.ThrowingCallable act, String why) {
        assertThatExceptionOfType(CallFailedException.class)
                .isThrownBy(act)
                .withMessageContaining(why)
                .matches(CallFailedException::isFinal, "is final");
    }
}
