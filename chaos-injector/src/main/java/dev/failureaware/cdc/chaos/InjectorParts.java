package dev.failureaware.cdc.chaos;

import dev.failureaware.cdc.chaos.platform.Audit;
import dev.failureaware.cdc.chaos.platform.ConnectRest;
import dev.failureaware.cdc.chaos.platform.HttpJson;
import dev.failureaware.cdc.chaos.platform.Platform;
import dev.failureaware.cdc.chaos.platform.Time;
import dev.failureaware.cdc.chaos.platform.kubernetes.ClusterEvents;
import dev.failureaware.cdc.chaos.platform.kubernetes.KubernetesPlatform;
import dev.failureaware.cdc.chaos.platform.kubernetes.KubernetesSettings;
import dev.failureaware.cdc.chaos.platform.local.LocalPlatform;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.quarkus.reactive.datasource.ReactiveDataSource;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import java.net.URI;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Puts the neighbours' clients together, out of the configuration. */
@ApplicationScoped
class InjectorParts {
    private final Clock clock = Clock.systemUTC();
    private final Time time;
    private final VerifierClient verifier;
    private final Audit audit;
    private final Platform platform;
    private final Faults faults;
    private final Surroundings surroundings;

    InjectorParts(
            InjectorConfig config,
            @ReactiveDataSource("owner") Pool owner,
            @ReactiveDataSource("loader") Pool loader,
            Instance<KubernetesClient> kubernetes,
            @ConfigProperty(name = "cdc.api-token") Optional<String> token,
            @ConfigProperty(name = "quarkus.application.version") String version) {
        this.time = Time.real(clock, config.pollInterval());
        var limit = config.stepTimeout();
        var connect = new ConnectRest(
                neighbour("Connect", config.connectUrl(), Optional.empty(), config), config.connector(), time, limit);
        var source = new SourceDatabase(owner, loader, time, config.callTimeout(), limit);
        var load = new LoadClient(neighbour("load generator", config.loadGeneratorUrl(), Optional.empty(), config));
        this.verifier = new VerifierClient(neighbour("verifier", config.verifierUrl(), token, config));
        var pod = config.kubernetes().podName().orElseGet(() -> "chaos-injector-" + UUID.randomUUID());
        Consumer<Audit.Entry> besides = switch (config.platform()) {
            case LOCAL -> entry -> {};
            case KUBERNETES -> new ClusterEvents(kubernetes::get, pod, clock)::tell;
        };
        this.audit = new Audit(besides);
        this.platform = switch (config.platform()) {
            case LOCAL ->
                new LocalPlatform(
                        neighbour("supervisor", config.supervisorUrl(), token, config),
                        connect,
                        config.connector(),
                        config.journal(),
                        limit,
                        audit);
            case KUBERNETES ->
                new KubernetesPlatform(kubernetes::get, settings(config, pod, kubernetes), connect, time, limit, audit);
        };
        this.faults = new Faults(platform, connect, source, load, time, config);
        this.surroundings = new Surroundings(connect, source, load, version);
    }

    private static KubernetesSettings settings(InjectorConfig config, String pod, Instance<KubernetesClient> client) {
        var names = config.kubernetes();
        return new KubernetesSettings(
                names.namespace().orElseGet(() -> client.get().getNamespace()),
                names.sinkConsumer(),
                names.connect(),
                config.connector(),
                names.journal(),
                names.report(),
                names.lease(),
                names.leaseDuration(),
                pod);
    }

    private static HttpJson neighbour(String name, URI url, Optional<String> token, InjectorConfig config) {
        return new HttpJson(name, url, token, config.callTimeout());
    }

    Clock clock() {
        return clock;
    }

    Time time() {
        return time;
    }

    VerifierClient verifier() {
        return verifier;
    }

    Audit audit() {
        return audit;
    }

    Platform platform() {
        return platform;
    }

    Faults faults() {
        return faults;
    }

    Surroundings surroundings() {
        return surroundings;
    }
}
