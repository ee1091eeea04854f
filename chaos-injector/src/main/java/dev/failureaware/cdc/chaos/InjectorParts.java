package dev.failureaware.cdc.chaos;

import dev.failureaware.cdc.chaos.platform.Audit;
import dev.failureaware.cdc.chaos.platform.ConnectRest;
import dev.failureaware.cdc.chaos.platform.HttpJson;
import dev.failureaware.cdc.chaos.platform.Platform;
import dev.failureaware.cdc.chaos.platform.Time;
import dev.failureaware.cdc.chaos.platform.local.LocalPlatform;
import io.quarkus.reactive.datasource.ReactiveDataSource;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.time.Clock;
import java.util.Optional;
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
            @ConfigProperty(name = "cdc.api-token") Optional<String> token,
            @ConfigProperty(name = "quarkus.application.version") String version) {
        this.time = new Time(clock, duration -> Thread.sleep(duration.toMillis()), config.pollInterval());
        var limit = config.stepTimeout();
        var supervisor = neighbour("supervisor", config.supervisorUrl(), token, config);
        var connect = new ConnectRest(
                neighbour("Connect", config.connectUrl(), Optional.empty(), config), config.connector(), time, limit);
        var source = new SourceDatabase(owner, loader, time, config.callTimeout(), limit);
        var load = new LoadClient(neighbour("load generator", config.loadGeneratorUrl(), Optional.empty(), config));
        this.verifier = new VerifierClient(neighbour("verifier", config.verifierUrl(), token, config));
        this.audit = new Audit(entry -> {});
        this.platform = new LocalPlatform(supervisor, connect, config.connector(), config.journal(), limit, audit);
        this.faults = new Faults(platform, connect, source, load, time, config);
        this.surroundings = new Surroundings(connect, source, load, version);
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
