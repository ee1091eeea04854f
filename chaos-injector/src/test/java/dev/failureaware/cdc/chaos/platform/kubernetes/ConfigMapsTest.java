package dev.failureaware.cdc.chaos.platform.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.failureaware.cdc.chaos.platform.CallFailedException;
import dev.failureaware.cdc.chaos.platform.Capability;
import dev.failureaware.cdc.chaos.platform.Journal;
import dev.failureaware.cdc.chaos.platform.JournalContract;
import dev.failureaware.cdc.chaos.platform.Time;
import dev.failureaware.cdc.chaos.platform.Undo;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The journal and the report in ConfigMaps that the chart makes without data. */
class ConfigMapsTest extends JournalContract {
    private static final String NAME = "cdc-chaos-journal";

    private final FakeCluster fake = new FakeCluster();
    private final Time time = Time.real(Clock.systemUTC(), Duration.ofMillis(10));

    @BeforeEach
    void make() {
        fake.others()
                .resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName(NAME)
                        .withNamespace(FakeCluster.NAMESPACE)
                        .addToLabels("app.kubernetes.io/managed-by", "Helm")
                        .endMetadata()
                        .build())
                .create();
    }

    @AfterEach
    void stop() {
        fake.close();
    }

    @Override
    protected Journal reopened() {
        return new ConfigMapJournal(kept(NAME));
    }

    private KeptData kept(String name) {
        return new KeptData(
                new Cluster(fake::client, FakeCluster.NAMESPACE, () -> true), name, time, Duration.ofSeconds(2));
    }

    @Test
    void only_get_and_update_of_the_one_name_are_needed_and_labels_stay() throws Exception {
        fake.deny("create core configmaps");
        fake.deny("patch core configmaps " + NAME);
        fake.deny("list core configmaps");

        reopened().write("lag-1", AT, List.of(Undo.of(Capability.WORKER)));

        assertThat(fake.changes())
                .extracting(FakeCluster.Change::what)
                .containsExactly("update core configmaps " + NAME);
        assertThat(configMap().getMetadata().getLabels()).containsEntry("app.kubernetes.io/managed-by", "Helm");
    }

    @Test
    void a_change_by_somebody_else_in_between_is_not_overwritten() throws Exception {
        var worker = Undo.of(Capability.WORKER);
        fake.conflictNext("update core configmaps " + NAME, 3);

        reopened().write("lag-1", AT, List.of(worker));

        assertThat(reopened().pending()).containsExactly(worker);
        assertThat(fake.changes()).extracting(FakeCluster.Change::status).containsExactly(409, 409, 409, 200);
    }

    @Test
    void damage_means_that_everything_is_undone() throws Exception {
        fake.others()
                .configMaps()
                .inNamespace(FakeCluster.NAMESPACE)
                .withName(NAME)
                .edit(now -> new ConfigMapBuilder(now)
                        .addToData(ConfigMapJournal.KEY, "{\"undo\":\"launch_rocket\"}\n")
                        .build());

        assertThat(reopened().pending()).isEqualTo(Undo.everything());
    }

    @Test
    void an_outage_shorter_than_the_limit_is_waited_for() throws Exception {
        fake.refuseNext(5);

        reopened().write("lag-1", AT, List.of(Undo.of(Capability.WORKER)));

        assertThat(fake.stillRefuses()).isFalse();
        assertThat(reopened().pending()).hasSize(1);
    }

    @Test
    void one_that_is_missing_is_named() {
        assertThatExceptionOfType(CallFailedException.class)
                .isThrownBy(() -> new ConfigMapJournal(kept("other")).pending())
                .withMessageContaining("there is no ConfigMap other in namespace cdc")
                .matches(CallFailedException::isFinal);
    }

    @Test
    void a_report_is_kept_whole_and_replaces_the_one_before() throws Exception {
        var shelf = new ConfigMapReports(kept(NAME));
        shelf.keep(Map.of("report.json", "old", "report.html", "old", "junit.xml", "old"));
        var files = Map.of("report.json", "{\"ü\":1}", "report.html", "<p>", "junit.xml", "<x/>");

        shelf.keep(files);

        assertThat(new ConfigMapReports(kept(NAME)).kept()).isEqualTo(files);
    }

    @Test
    void what_is_too_large_for_the_api_server_is_left_out_page_first() {
        var big = "x".repeat(600_000);

        assertThat(ConfigMapReports.fitting(Map.of("report.json", big, "report.html", big, "junit.xml", "small")))
                .containsOnlyKeys("report.json", "junit.xml");
        assertThat(ConfigMapReports.fitting(Map.of("report.json", big + big, "report.html", "p", "junit.xml", "small")))
                .containsOnlyKeys("junit.xml");
    }

    private io.fabric8.kubernetes.api.model.ConfigMap configMap() {
        return fake.others()
                .configMaps()
                .inNamespace(FakeCluster.NAMESPACE)
                .withName(NAME)
                .get();
    }
}
