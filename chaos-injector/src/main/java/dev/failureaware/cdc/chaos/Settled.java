package dev.failureaware.cdc.chaos;

import dev.failureaware.cdc.model.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How a wait for consistency ended.
 *
 * @param from start of the tolerance
 * @param passedAt when a fenced verification had passed; also when that was after the tolerance
 * @param report of the last verification that could be made
 * @param trouble why the very last verification could not be made
 */
record Settled(
        Instant from,
        Scenario.Verification wanted,
        Optional<Instant> passedAt,
        Optional<VerificationReport> report,
        Optional<String> trouble) {

    OutcomeVerdict verdict() {
        if (passedAt.isPresent()) {
            return inTime() ? OutcomeVerdict.PASS : OutcomeVerdict.FAIL;
        }
        if (trouble.isPresent() || report.isEmpty()) {
            return OutcomeVerdict.UNKNOWN;
        }
        return report.get().statusOf(wanted) == Verdict.UNKNOWN ? OutcomeVerdict.UNKNOWN : OutcomeVerdict.FAIL;
    }

    String explanation() {
        var tolerance = seconds(wanted.tolerance());
        if (passedAt.isPresent()) {
            var took = seconds(Duration.between(from, passedAt.get()));
            return inTime()
                    ? "consistent after " + took
                    : "consistent only after %s, tolerated are %s".formatted(took, tolerance);
        }
        return "not proven consistent within %s: %s"
                .formatted(
                        tolerance,
                        trouble.orElseGet(
                                () -> report.map(last -> last.statusOf(wanted) + ", " + last.explanation(wanted))
                                        .orElse("no verification was made")));
    }

    OptionalLong rowsLost() {
        return report.map(VerificationReport::rowsLost).orElseGet(OptionalLong::empty);
    }

    OptionalLong duplicatesAbsorbed() {
        return report.map(VerificationReport::duplicatesAbsorbed).orElseGet(OptionalLong::empty);
    }

    private boolean inTime() {
        return !passedAt.orElseThrow().isAfter(from.plus(wanted.tolerance()));
    }

    private static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
    }
}
