package dev.failureaware.cdc.chaos;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Says whether this injector leads. One that does not is ready all the same: it answers, and names who does; and a new pod that
 * were never ready beside the old one would hold up every update.
 */
@Readiness
@ApplicationScoped
class LeaderCheck implements HealthCheck {
    private final Injector injector;

    LeaderCheck(Injector injector) {
        this.injector = injector;
    }

    @Override
    public HealthCheckResponse call() {
        var now = injector.snapshot();
        var response = HealthCheckResponse.named("leader")
                .up()
                .withData("leads", now.leader())
                .withData("state", now.state().id());
        return now.leaderName() == null
                ? response.build()
                : response.withData("leader", now.leaderName()).build();
    }
}
