package dev.failureaware.cdc.chaos;

import dev.failureaware.cdc.chaos.platform.CallFailedException;
import dev.failureaware.cdc.chaos.platform.Time;
import dev.failureaware.cdc.model.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Waits for consistency: fenced verifications, one after the other, until one passes or the tolerance is over. */
final class Settling {
    /** Also where the tolerance is nearly over: a verification with too little time knows nothing, whatever was known before. */
    private static final Duration SHORTEST = Duration.ofSeconds(10);
    /** One at a time is made, so others wait for it. */
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private final VerifierClient verifier;
    private final Time time;

    Settling(VerifierClient verifier, Time time) {
        this.verifier = verifier;
        this.time = time;
    }

    /**
     * At least one verification is made. One that fails or cannot be made is repeated: a pipeline that settles may differ for
     * a while, and so may the verifier's view of it. One that has begun within the tolerance is let finish.
     *
     * @param from start of the tolerance; not in the future
     */
    Settled await(Instant from, Scenario.Verification wanted) throws InterruptedException {
        var deadline = from.plus(wanted.tolerance());
        Optional<VerificationReport> last = Optional.empty();
        while (true) {
            Optional<String> trouble = Optional.empty();
            try {
                var report = verifier.verify(limit(Duration.between(time.now(), deadline)));
                last = Optional.of(report);
                if (report.statusOf(wanted) == Verdict.PASS) {
                    return new Settled(from, wanted, Optional.of(time.now()), last, trouble);
                }
            } catch (CallFailedException e) {
                trouble = Optional.of(e.getMessage());
            }
            if (!time.now().isBefore(deadline)) {
                return new Settled(from, wanted, Optional.empty(), last, trouble);
            }
            time.pause(time.interval());
        }
    }

    private static Duration limit(Duration left) {
        if (left.compareTo(SHORTEST) < 0) {
            return SHORTEST;
        }
        return left.compareTo(LONGEST) > 0 ? LONGEST : left;
    }
}
