package dev.failureaware.cdc.chaos;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * What Jackson writes and a native executable could not find by itself: endpoints answer with a Response, which does not say
 * what is in it, and reports are written by hand.
 */
@RegisterForReflection(
        targets = {
            Attempt.UnderWay.class,
            Evidence.class,
            FaultType.class,
            Outcome.class,
            OutcomeVerdict.class,
            Phase.class,
            Plan.class,
            Plan.PlannedFailure.class,
            Problem.class,
            Report.class,
            RunState.class,
            Scenario.class,
            Scenario.Check.class,
            Scenario.Failure.class,
            Scenario.Verification.class,
            ScenarioResource.Now.class,
            ScenarioResource.Refusal.class,
            ScenarioResource.Started.class,
            ScenarioResource.View.class,
            SnakeCaseStrategy.class,
            VerificationReport.class
        })
final class NativeImage {
    private NativeImage() {}
}
