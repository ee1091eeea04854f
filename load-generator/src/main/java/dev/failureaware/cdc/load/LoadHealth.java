package dev.failureaware.cdc.load;

import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;

/**
 * The generator is well while the database is away: outages are what it is there to record. It then says so in its data.
 * Only an error of the program takes it down, so that the platform starts it again.
 */
@Liveness
@Readiness
class LoadHealth implements HealthCheck {
    private final LoadGenerator generator;

    LoadHealth(LoadGenerator generator) {
        this.generator = generator;
    }

    @Override
    public HealthCheckResponse call() {
        var stats = generator.stats();
        return HealthCheckResponse.named("load")
                .status(generator.bug().isEmpty())
                .withData("degraded", stats.degraded())
                .withData("running", stats.running())
                .withData("acknowledged", stats.acknowledged())
                .build();
    }
}
