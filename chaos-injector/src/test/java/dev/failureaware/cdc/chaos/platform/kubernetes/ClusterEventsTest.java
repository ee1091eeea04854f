package dev.failureaware.cdc.chaos.platform.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.failureaware.cdc.chaos.platform.Audit;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClusterEventsTest {
    private static final Audit.Target DEPLOYMENT =
            new Audit.Target("apps/v1", "Deployment", FakeCluster.NAMESPACE, "cdc-sink-consumer", "uid-1");

    private final FakeCluster cluster = new FakeCluster();
    private final ClusterEvents events = new ClusterEvents(
            cluster::client, "injector-pod", Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC));

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void an_act_becomes_an_event_on_its_object() {
        events.tell(new Audit.Entry("scale to 0", DEPLOYMENT, "run-7", "lag-1", "done"));

        await().atMost(Duration.ofMinutes(1)).until(() -> written().size() == 1);
        var event = written().get(0);
        assertThat(event.getType()).isEqualTo("Normal");
        assertThat(event.getAction()).isEqualTo("scale to 0");
        assertThat(event.getReportingController()).isEqualTo("failureaware.dev/chaos-injector");
        assertThat(event.getReportingInstance()).isEqualTo("injector-pod");
        assertThat(event.getRegarding().getUid()).isEqualTo("uid-1");
        assertThat(event.getNote()).contains("run-7", "lag-1", "done");
        assertThat(event.getEventTime().getTime()).isEqualTo("2026-01-01T00:00:00.000000Z");
    }

    @Test
    void one_that_failed_is_a_warning_and_a_long_reason_is_cut() {
        events.tell(new Audit.Entry("delete", DEPLOYMENT, "-", "-", "x".repeat(5000)));

        await().atMost(Duration.ofMinutes(1)).until(() -> written().size() == 1);
        assertThat(written().get(0).getType()).isEqualTo("Warning");
        assertThat(written().get(0).getNote()).hasSizeLessThanOrEqualTo(1024);
    }

    @Test
    void an_event_that_cannot_be_written_disturbs_nobody() {
        cluster.deny("create events.k8s.io events");

        events.tell(new Audit.Entry("delete", DEPLOYMENT, "-", "-", "done"));
        cluster.away(true);
        events.tell(new Audit.Entry("delete", DEPLOYMENT, "-", "-", "done"));

        assertThat(written()).isEmpty();
    }

    private List<Event> written() {
        return cluster.others()
                .events()
                .v1()
                .events()
                .inNamespace(FakeCluster.NAMESPACE)
                .list()
                .getItems();
    }
}
