package dev.failureaware.cdc.sink;

import io.smallrye.health.api.Wellness;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;

/**
 * Down while a table is stopped or a partition held, with the reason. A wellness check ({@code /q/health/well}): the process is ready, and to
 * restart it would not help.
 */
@Wellness
@ApplicationScoped
class StoppedTablesHealth implements HealthCheck {
    private final StoppedTables stopped;

    StoppedTablesHealth(StoppedTables stopped) {
        this.stopped = stopped;
    }

    @Override
    public HealthCheckResponse call() {
        var stops = stopped.all();
        var held = stopped.behindParked();
        var awaited = stopped.awaited();
        var response =
                HealthCheckResponse.named("tables").status(stops.isEmpty() && held.isEmpty() && awaited.isEmpty());
        stops.forEach(
                (table, stop) -> response.withData(table.toString(), stop.reason() + " (since " + stop.since() + ")"));
        held.forEach((partition, behind) -> response.withData(partition.toString(), behind.reason()));
        awaited.forEach((partition, row) -> response.withData(partition.toString(), row.reason()));
        return response.build();
    }
}
