package dev.failureaware.cdc.chaos;

import dev.failureaware.cdc.chaos.Plan.PlannedFailure;
import dev.failureaware.cdc.chaos.platform.CallFailedException;
import dev.failureaware.cdc.chaos.platform.Capability;
import dev.failureaware.cdc.chaos.platform.Platform;
import dev.failureaware.cdc.chaos.platform.Steps;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;

/** Says what a run would do, and whether it could. Touches nothing. */
final class Planner {
    private final Platform platform;
    private final String name;

    /** @param name of the platform */
    Planner(Platform platform, InjectorConfig.PlatformName name) {
        this.platform = platform;
        this.name = name.name().toLowerCase(Locale.ROOT);
    }

    /** Everything that keeps the scenario from being run; empty when nothing does. */
    List<String> lacking(Scenario scenario) throws CallFailedException, InterruptedException {
        var wanted = EnumSet.noneOf(Capability.class);
        scenario.failures().forEach(failure -> wanted.addAll(failure.type().needs()));
        return platform.lacking(wanted);
    }

    Plan of(Scenario scenario) throws CallFailedException, InterruptedException {
        var lacking = lacking(scenario);
        var failures = new ArrayList<PlannedFailure>();
        var due = Duration.ZERO;
        for (var failure : scenario.failures()) {
            due = due.plus(failure.delay());
            var steps = steps(failure, lacking.isEmpty());
            failures.add(new PlannedFailure(
                    failure.id(), failure.type(), due.toMillis() / 1000.0, steps.acts(), steps.undo(), steps.needs()));
        }
        return new Plan(scenario.id(), name, lacking.isEmpty(), failures, lacking);
    }

    /** Where something lacks, the acts may not be knowable: what lacks is said instead. */
    private Steps steps(Scenario.Failure failure, boolean possible) throws CallFailedException, InterruptedException {
        try {
            return steps(failure);
        } catch (CallFailedException e) {
            if (possible) {
                throw e;
            }
            return Steps.of("not known: " + e.getMessage());
        }
    }

    private Steps steps(Scenario.Failure failure) throws CallFailedException, InterruptedException {
        return switch (failure.type()) {
            case RESTART -> platform.worker().steps();
            case LAG ->
                platform.sinkConsumer()
                        .steps()
                        .then("keep it away for %s s".formatted(failure.hold().toMillis() / 1000.0));
            case SCHEMA -> SchemaFault.steps(failure.column());
            case DUPLICATE -> platform.connector().steps().then(DuplicateFault.WRITES);
            case BACKFILL -> BackfillFault.steps(failure.rows());
        };
    }
}
