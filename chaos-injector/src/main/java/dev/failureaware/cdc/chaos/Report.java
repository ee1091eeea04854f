package dev.failureaware.cdc.chaos;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What a run has proven.
 *
 * @param finalVerdict of the last verification alone; INCONCLUSIVE when there was none
 * @param detail what the last verification says against a pass; empty when nothing
 * @param versions as measured at the running parts; a part that does not say its version is missing
 * @param seed of the load, as the load generator names it; null when it did not answer
 * @param finalVerification the verifier's last report; null when there was none
 */
@JsonNaming(SnakeCaseStrategy.class)
record Report(
        OutcomeVerdict verdict,
        String run,
        RunState state,
        OutcomeVerdict finalVerdict,
        String detail,
        Scenario scenario,
        Instant startedAt,
        Instant finishedAt,
        Map<String, String> versions,
        Map<String, Object> settings,
        Long seed,
        List<Outcome> failures,
        VerificationReport finalVerification) {}
