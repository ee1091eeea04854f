package dev.failureaware.cdc.chaos.platform.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.failureaware.cdc.chaos.platform.Leadership;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LeaseLeadershipTest {
    private static final String NAME = "cdc-chaos-injector";
    /** A busy machine may stop everything for seconds, and a lease must outlast that where it is not to be lost. */
    private static final Duration DURATION = Duration.ofSeconds(10);

    private static final Duration LIMIT = Duration.ofMinutes(1);

    private final FakeCluster cluster = new FakeCluster();
    private final List<LeaseLeadership> made = new ArrayList<>();
    private final List<String> told = new CopyOnWriteArrayList<>();

    @AfterEach
    void stop() {
        made.forEach(LeaseLeadership::close);
        cluster.close();
    }

    /** As charts and people leave it: no spec at all, an empty one, or a holder that is the empty text. */
    @ParameterizedTest
    @ValueSource(strings = {"none", "empty", "blank"})
    void a_lease_without_a_holder_is_taken(String form) {
        create(
                switch (form) {
                    case "none" -> null;
                    case "empty" -> new LeaseSpec();
                    default ->
                        new LeaseBuilder()
                                .withNewSpec()
                                .withHolderIdentity("")
                                .endSpec()
                                .build()
                                .getSpec();
                });

        var first = begin("first");

        await().atMost(LIMIT).until(first::leads);
        assertThat(first.holder()).contains("first");
        assertThat(lease().getSpec().getHolderIdentity()).isEqualTo("first");
        assertThat(told).containsExactly("first gained");
    }

    @Test
    void only_get_and_update_of_the_one_lease_are_needed() {
        create(null);
        cluster.deny("create coordination.k8s.io leases");
        cluster.deny("patch coordination.k8s.io leases " + NAME);
        cluster.deny("list coordination.k8s.io leases");

        var first = begin("first");

        await().atMost(LIMIT).until(first::leads);
    }

    @Test
    void a_second_one_does_not_lead_and_knows_who_does() {
        create(null);
        var first = begin("first");
        await().atMost(LIMIT).until(first::leads);

        var second = begin("second");

        await().atMost(LIMIT).until(() -> second.holder().isPresent());
        assertThat(second.holder()).contains("first");
        assertThat(second.leads()).isFalse();
        assertThat(told).containsExactly("first gained");
    }

    @Test
    void a_clean_end_hands_over_at_once() {
        create(null);
        var first = begin("first");
        await().atMost(LIMIT).until(first::leads);
        var second = begin("second");

        first.close();

        assertThat(first.leads()).isFalse();
        assertThat(lease().getSpec().getHolderIdentity()).isIn(null, "", "second");
        await().atMost(DURATION).until(second::leads);
        assertThat(told).containsExactly("first gained", "first lost", "second gained");
    }

    @Test
    void a_holder_that_vanished_is_followed_when_its_lease_is_over() {
        create(new LeaseBuilder()
                .withNewSpec()
                .withHolderIdentity("vanished")
                .withLeaseDurationSeconds(2)
                .withRenewTime(java.time.ZonedDateTime.now(java.time.ZoneOffset.UTC))
                .endSpec()
                .build()
                .getSpec());

        var second = begin("second");

        assertThat(second.leads()).isFalse();
        await().atMost(LIMIT).until(second::leads);
    }

    @Test
    void who_cannot_renew_stops_before_another_may_begin_and_takes_part_again_afterwards() {
        create(null);
        var first = begin("first");
        await().atMost(LIMIT).until(first::leads);

        cluster.away(true);

        await().atMost(DURATION).until(() -> !first.leads());
        assertThat(first.holder()).isEmpty();
        await().atMost(LIMIT).until(() -> told.contains("first lost"));
        cluster.away(false);
        await().atMost(LIMIT).until(first::leads);
        assertThat(told).containsExactly("first gained", "first lost", "first gained");
    }

    @Test
    void a_lease_taken_away_by_hand_is_lost() {
        create(null);
        var first = begin("first");
        await().atMost(LIMIT).until(first::leads);

        cluster.others()
                .leases()
                .inNamespace(FakeCluster.NAMESPACE)
                .withName(NAME)
                .edit(now -> new LeaseBuilder(now)
                        .editSpec()
                        .withHolderIdentity("somebody")
                        .withLeaseDurationSeconds(3600)
                        .endSpec()
                        .build());

        await().atMost(LIMIT).until(() -> !first.leads());
        await().atMost(LIMIT).until(() -> first.holder().equals(java.util.Optional.of("somebody")));
    }

    @Test
    void without_the_lease_nobody_leads_until_it_is_made() {
        var first = begin("first");
        await().during(Duration.ofMillis(500)).atMost(LIMIT).until(() -> !first.leads());

        create(null);

        await().atMost(LIMIT).until(first::leads);
    }

    private LeaseLeadership begin(String identity) {
        var leadership = new LeaseLeadership(cluster::client, FakeCluster.NAMESPACE, NAME, identity, DURATION);
        made.add(leadership);
        leadership.begin(new Leadership.Listener() {
            @Override
            public void gained() {
                told.add(identity + " gained");
            }

            @Override
            public void lost() {
                told.add(identity + " lost");
            }
        });
        return leadership;
    }

    private void create(LeaseSpec spec) {
        cluster.others()
                .resource(new LeaseBuilder()
                        .withNewMetadata()
                        .withName(NAME)
                        .withNamespace(FakeCluster.NAMESPACE)
                        .endMetadata()
                        .withSpec(spec)
                        .build())
                .create();
    }

    private Lease lease() {
        return cluster.others()
                .leases()
                .inNamespace(FakeCluster.NAMESPACE)
                .withName(NAME)
                .get();
    }
}
