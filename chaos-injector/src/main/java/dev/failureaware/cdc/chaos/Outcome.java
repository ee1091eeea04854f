package dev.failureaware.cdc.chaos;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.time.Instant;
import java.util.Map;

/**
 * What became of one failure. A null says that it did not happen or could not be measured.
 *
 * @param scheduledAt when it was due
 * @param revertedAt when the fault was lifted
 * @param recoveredAt when a fenced verification, begun after that, had passed
 * @param timeToConsistencySeconds from revertedAt to recoveredAt
 * @param maxLagEvents highest number of events in Kafka that the sink had not applied, from just before the fault to recovery
 * @param duplicatesAbsorbed events that the sink recognised as sent before, in the same time
 * @param rowsLost rows that were missing, different or invented when the settling ended
 * @param shiftSeconds how much later than due it was injected
 */
@JsonNaming(SnakeCaseStrategy.class)
record Outcome(
        String id,
        FaultType type,
        OutcomeVerdict verdict,
        String description,
        String expectedOutcome,
        Instant scheduledAt,
        Instant injectedAt,
        Instant revertedAt,
        Instant recoveredAt,
        Double timeToConsistencySeconds,
        Long maxLagEvents,
        Long duplicatesAbsorbed,
        Long rowsLost,
        Double shiftSeconds,
        Map<String, Object> evidence,
        String detail) {}
