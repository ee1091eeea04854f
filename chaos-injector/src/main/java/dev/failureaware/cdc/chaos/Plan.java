package dev.failureaware.cdc.chaos;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;

/**
 * What a run would do. Nothing of it is done.
 *
 * @param possible whether it could be started now
 * @param lacking what keeps it from that
 */
@JsonNaming(SnakeCaseStrategy.class)
record Plan(String scenario, String platform, boolean possible, List<PlannedFailure> failures, List<String> lacking) {

    /**
     * @param dueSeconds after the start of the run
     * @param acts in order
     * @param undo what is undone afterwards, and how
     * @param needs without which it is refused
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record PlannedFailure(
            String id, FaultType type, double dueSeconds, List<String> acts, List<String> undo, List<String> needs) {}
}
