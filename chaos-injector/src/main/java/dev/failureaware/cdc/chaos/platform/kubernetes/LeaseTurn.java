package dev.failureaware.cdc.chaos.platform.kubernetes;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaderElectionRecord;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.Lock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.function.Consumer;

/**
 * A Lease that is there already, so that rights on this one name are enough.
 *
 * <p>The client's own LeaseLock takes a Lease without a spec for none and tries to create it, fails on one whose spec is empty,
 * and does not take the holder away when it lets go.
 */
final class LeaseTurn implements Lock {
    private static final ZonedDateTime NEVER = Instant.EPOCH.atZone(ZoneOffset.UTC);

    private final String namespace;
    private final String name;
    private final String identity;
    private final Consumer<String> onUpdate;
    private Lease seen;

    /** @param onUpdate told the holder of each successful update */
    LeaseTurn(String namespace, String name, String identity, Consumer<String> onUpdate) {
        this.namespace = namespace;
        this.name = name;
        this.identity = identity;
        this.onUpdate = onUpdate;
    }

    @Override
    public synchronized LeaderElectionRecord get(KubernetesClient client) {
        seen = client.leases().inNamespace(namespace).withName(name).get();
        if (seen == null) {
            throw new KubernetesClientException(
                    "there is no Lease %s in namespace %s; the chart makes it without a holder"
                            .formatted(name, namespace));
        }
        var spec = seen.getSpec();
        if (spec == null
                || spec.getHolderIdentity() == null
                || spec.getHolderIdentity().isEmpty()
                || spec.getLeaseDurationSeconds() == null
                || spec.getRenewTime() == null) {
            var transitions = spec == null || spec.getLeaseTransitions() == null ? 0 : spec.getLeaseTransitions();
            return new LeaderElectionRecord(null, Duration.ofSeconds(1), NEVER, NEVER, transitions);
        }
        return new LeaderElectionRecord(
                spec.getHolderIdentity(),
                Duration.ofSeconds(spec.getLeaseDurationSeconds()),
                spec.getAcquireTime() == null ? spec.getRenewTime() : spec.getAcquireTime(),
                spec.getRenewTime(),
                spec.getLeaseTransitions() == null ? 0 : spec.getLeaseTransitions());
    }

    @Override
    public void create(KubernetesClient client, LeaderElectionRecord record) {
        throw new KubernetesClientException("the Lease %s is never made here".formatted(name));
    }

    @Override
    public synchronized void update(KubernetesClient client, LeaderElectionRecord record) {
        var next = new LeaseBuilder(seen)
                .editOrNewSpec()
                .withHolderIdentity(record.getHolderIdentity())
                .withLeaseDurationSeconds((int) record.getLeaseDuration().toSeconds())
                .withAcquireTime(record.getAcquireTime())
                .withRenewTime(record.getRenewTime())
                .withLeaseTransitions(record.getLeaderTransitions())
                .endSpec()
                .build();
        // With the resourceVersion that was read: of two who see it free, one fails.
        client.resource(next).update();
        onUpdate.accept(record.getHolderIdentity());
    }

    @Override
    public String identity() {
        return identity;
    }

    @Override
    public String describe() {
        return "Lease %s in namespace %s as %s".formatted(name, namespace, identity);
    }
}
