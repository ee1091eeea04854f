package dev.failureaware.cdc.chaos;

import dev.failureaware.cdc.chaos.platform.ConnectRest;
import dev.failureaware.cdc.chaos.platform.Platform;
import dev.failureaware.cdc.chaos.platform.Time;
import java.time.Duration;

/** Makes the fault that a scenario names, out of the means that faults have. */
final class Faults {
    private final Platform platform;
    private final ConnectRest connect;
    private final SourceDatabase source;
    private final LoadClient load;
    private final Time time;
    private final String slot;
    private final Duration restartPatience;
    private final Duration stepLimit;

    Faults(
            Platform platform,
            ConnectRest connect,
            SourceDatabase source,
            LoadClient load,
            Time time,
            InjectorConfig config) {
        this.platform = platform;
        this.connect = connect;
        this.source = source;
        this.load = load;
        this.time = time;
        this.slot = config.slot();
        this.restartPatience = config.restartPatience();
        this.stepLimit = config.stepTimeout();
    }

    Fault of(Scenario.Failure failure, LagSampler lag) {
        // Unique per run, so that a scenario can be run again on the same data.
        var tag = Long.toString(time.now().toEpochMilli(), Character.MAX_RADIX);
        return switch (failure.type()) {
            case RESTART ->
                new RestartFault(platform.worker(), connect, source, load, time, slot, restartPatience, stepLimit);
            case LAG -> new LagFault(platform.sinkConsumer(), lag, time, failure.hold(), stepLimit);
            case SCHEMA -> new SchemaFault(source, failure.column(), tag);
            case DUPLICATE -> new DuplicateFault(platform.connector(), connect, source, tag);
            case BACKFILL -> new BackfillFault(source, failure.rows(), tag);
        };
    }
}
