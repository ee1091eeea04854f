package dev.failureaware.cdc.chaos;

import io.quarkus.runtime.annotations.RegisterForReflection;

/** What is written as JSON by reflection, which a native image has to be told. */
@RegisterForReflection(
        targets = {
            EventLog.Event.class,
            Outcome.class,
            Plan.class,
            Plan.PlannedFailure.class,
            Problem.class,
            Report.class,
            Scenario.class,
            Scenario.Check.class,
            Scenario.Failure.class,
            Scenario.Verification.class,
            ScenarioResource.Now.class,
            ScenarioResource.Refusal.class,
            ScenarioResource.Started.class,
            ScenarioResource.View.class,
            VerificationReport.class,
        })
final class JsonTypes {
    private JsonTypes() {}
}
