package dev.failureaware.cdc.chaos.platform.kubernetes;

import dev.failureaware.cdc.chaos.platform.Audit;
import dev.failureaware.cdc.chaos.platform.CallFailedException;
import dev.failureaware.cdc.chaos.platform.Capability;
import dev.failureaware.cdc.chaos.platform.ConnectRest;
import dev.failureaware.cdc.chaos.platform.ConnectWorker;
import dev.failureaware.cdc.chaos.platform.ConnectorLife;
import dev.failureaware.cdc.chaos.platform.Journal;
import dev.failureaware.cdc.chaos.platform.Leadership;
import dev.failureaware.cdc.chaos.platform.Platform;
import dev.failureaware.cdc.chaos.platform.ReportShelf;
import dev.failureaware.cdc.chaos.platform.SinkConsumer;
import dev.failureaware.cdc.chaos.platform.Time;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Pods, a Deployment and Strimzi's resources, all in one namespace.
 *
 * <p>The rights it uses, as a namespaced Role has to grant them; with {@code R} the release's name and {@code n} each of the
 * Connect pods:
 *
 * <table>
 *   <caption>Rights</caption>
 *   <tr><th>API group</th><th>resource</th><th>resourceNames</th><th>verbs</th><th>for</th></tr>
 *   <tr><td>coordination.k8s.io</td><td>leases</td><td>R-chaos-injector</td><td>get, update</td><td>every injector</td></tr>
 *   <tr><td>core</td><td>configmaps</td><td>R-chaos-journal</td><td>get, update</td><td>restart, lag, duplicate; get at every
 *       start</td></tr>
 *   <tr><td>core</td><td>configmaps</td><td>R-chaos-report</td><td>get, update</td><td>reports that outlive the pod</td></tr>
 *   <tr><td>core</td><td>pods</td><td>(none: a list cannot be limited by name)</td><td>list</td><td>restart, lag</td></tr>
 *   <tr><td>core</td><td>pods</td><td>R-connect-n</td><td>delete</td><td>restart</td></tr>
 *   <tr><td>apps</td><td>deployments</td><td>R-sink-consumer</td><td>get</td><td>lag</td></tr>
 *   <tr><td>apps</td><td>deployments/scale</td><td>R-sink-consumer</td><td>patch</td><td>lag</td></tr>
 *   <tr><td>kafka.strimzi.io</td><td>kafkaconnectors</td><td>R-source</td><td>get, patch</td><td>duplicate</td></tr>
 *   <tr><td>events.k8s.io</td><td>events</td><td>(none: a create cannot be limited by name)</td><td>create</td><td>Events; may
 *       lack</td></tr>
 * </table>
 *
 * <p>Every authenticated account may ask for its own rights (create selfsubjectaccessreviews).
 */
public final class KubernetesPlatform implements Platform {
    private final Cluster cluster;
    private final KubernetesSettings names;
    private final AccessReview review;
    private final Leadership leadership;
    private final PodWorker worker;
    private final ScaledSinkConsumer sinkConsumer;
    private final StrimziConnector connector;
    private final Journal journal;
    private final ReportShelf reports;

    /** @param limit of each step of an act or of its undo, tries and waits together */
    public KubernetesPlatform(
            Supplier<KubernetesClient> client,
            KubernetesSettings names,
            ConnectRest rest,
            Time time,
            Duration limit,
            Audit audit) {
        this.names = names;
        this.leadership =
                new LeaseLeadership(client, names.namespace(), names.lease(), names.pod(), names.leaseDuration());
        this.cluster = new Cluster(client, names.namespace(), leadership::leads);
        this.review = new AccessReview(cluster);
        this.worker = new PodWorker(cluster, names.connect().orElse(""), rest, time, limit, audit);
        this.sinkConsumer = new ScaledSinkConsumer(cluster, names.sinkConsumer().orElse(""), time, limit, audit);
        this.connector = new StrimziConnector(cluster, names.connector(), rest, time, limit, audit);
        this.journal = new ConfigMapJournal(new KeptData(cluster, names.journal(), time, limit));
        this.reports = new ConfigMapReports(new KeptData(cluster, names.report(), time, limit));
    }

    @Override
    public ConnectWorker worker() {
        return worker;
    }

    @Override
    public SinkConsumer sinkConsumer() {
        return sinkConsumer;
    }

    @Override
    public ConnectorLife connector() {
        return connector;
    }

    @Override
    public Journal journal() {
        return journal;
    }

    @Override
    public Leadership leadership() {
        return leadership;
    }

    @Override
    public ReportShelf reports() {
        return reports;
    }

    /** First the settings, then the rights, and where those suffice the objects and their labels. */
    @Override
    public List<String> lacking(Set<Capability> wanted) throws CallFailedException, InterruptedException {
        var lacking = new ArrayList<String>();
        if (wanted.isEmpty()) {
            return lacking;
        }
        review(KeptData.rights(names.journal()), lacking);
        for (var capability : wanted) {
            var missing = setting(capability);
            if (missing.isPresent()) {
                lacking.add(missing.get());
            } else if (review(rights(capability), lacking)) {
                look(capability, lacking);
            }
        }
        return new ArrayList<>(new LinkedHashSet<>(lacking));
    }

    private Optional<String> setting(Capability capability) {
        return switch (capability) {
            case WORKER ->
                names.connect().isPresent()
                        ? Optional.empty()
                        : Optional.of(
                                "no worker can be killed: injector.kubernetes.connect is not set; give it the name of"
                                        + " the KafkaConnect");
            case SINK_CONSUMER ->
                names.sinkConsumer().isPresent()
                        ? Optional.empty()
                        : Optional.of("the sink-consumer cannot be taken away: injector.kubernetes.sink-consumer is not"
                                + " set; give it the name of the Deployment");
            case CONNECTOR -> Optional.empty();
        };
    }

    private List<Right> rights(Capability capability) throws CallFailedException, InterruptedException {
        return switch (capability) {
            case WORKER -> PodWorker.rights(connectPods());
            case SINK_CONSUMER -> ScaledSinkConsumer.rights(names.sinkConsumer().orElseThrow());
            case CONNECTOR -> StrimziConnector.rights(names.connector());
        };
    }

    /** Their names are part of the question; none when they may not be listed, which is said by itself. */
    private List<String> connectPods() throws CallFailedException, InterruptedException {
        if (!review.lacking(PodWorker.rights(List.of())).isEmpty()) {
            return List.of();
        }
        return worker.pods().stream()
                .map(Pod::getMetadata)
                .map(metadata -> metadata.getName())
                .toList();
    }

    private boolean review(List<Right> rights, List<String> lacking) throws CallFailedException, InterruptedException {
        var refused = review.lacking(rights);
        refused.forEach(right -> lacking.add(right.lacking(names.namespace())));
        return refused.isEmpty();
    }

    /** Reading how it is finds an object that is not there, not labelled or in no state to be broken. */
    private void look(Capability capability, List<String> lacking) throws CallFailedException, InterruptedException {
        try {
            means(capability).undo();
        } catch (CallFailedException e) {
            if (!e.isFinal()) {
                throw e;
            }
            lacking.add(e.getMessage());
        }
    }
}
