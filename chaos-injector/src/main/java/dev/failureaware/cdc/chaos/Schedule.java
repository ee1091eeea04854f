package dev.failureaware.cdc.chaos;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * When each failure is due: its delay after the due time of the one before, the first after the start of the run. A failure
 * that could not start in time shifts itself but none of the due times after it.
 */
record Schedule(List<Due> dues) {

    record Due(Scenario.Failure failure, Instant at) {
        /** How much later than due it happened; never negative. */
        Duration shift(Instant injected) {
            var late = Duration.between(at, injected);
            return late.isNegative() ? Duration.ZERO : late;
        }
    }

    static Schedule of(Scenario scenario, Instant start) {
        var dues = new ArrayList<Due>();
        var at = start;
        for (var failure : scenario.failures()) {
            at = at.plus(failure.delay());
            dues.add(new Due(failure, at));
        }
        return new Schedule(List.copyOf(dues));
    }
}
