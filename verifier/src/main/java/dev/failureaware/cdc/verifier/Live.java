package dev.failureaware.cdc.verifier;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;

/**
 * One message of the live view.
 *
 * @param n one more than that of the message before
 * @param whole whether it stands for itself; otherwise samples and log hold only what is new, and report and faults are null where
 *     nothing has changed
 * @param scenario null where the injector does not answer
 */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
record Live(
        long n,
        boolean whole,
        Instant at,
        Situation situation,
        List<Part> parts,
        ScenarioView scenario,
        List<Sample> samples,
        List<Fault> faults,
        Report report,
        List<Happenings.Happening> log) {}
