package dev.failureaware.cdc.chaos;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** The clock and the way to wait, together, so that both can be replaced at once. */
final class Time {

    /** Waits; interruptible, so that a run can be aborted at any moment. */
    @FunctionalInterface
    interface Pause {
        void pause(Duration duration) throws InterruptedException;
    }

    /** One look at something that is awaited; empty means not yet. */
    @FunctionalInterface
    interface Look<T> {
        Optional<T> look() throws CallFailedException, InterruptedException;
    }

    private final Clock clock;
    private final Pause pause;
    private final Duration interval;

    /** @param interval pause between two looks */
    Time(Clock clock, Pause pause, Duration interval) {
        this.clock = clock;
        this.pause = pause;
        this.interval = interval;
    }

    Instant now() {
        return clock.instant();
    }

    Duration interval() {
        return interval;
    }

    void pause(Duration duration) throws InterruptedException {
        pause.pause(duration);
    }

    void pauseUntil(Instant instant) throws InterruptedException {
        for (var left = Duration.between(now(), instant);
                left.toMillis() > 0;
                left = Duration.between(now(), instant)) {
            pause.pause(left);
        }
    }

    /**
     * Looks until there is an answer. A look that fails counts as "not yet": servers that come up answer wrongly for a while.
     *
     * @throws CallFailedException when the limit has passed; it names the last failed look, if that was why
     */
    <T> T await(String what, Duration limit, Look<T> look) throws CallFailedException, InterruptedException {
        var deadline = now().plus(limit);
        while (true) {
            CallFailedException last = null;
            try {
                var found = look.look();
                if (found.isPresent()) {
                    return found.get();
                }
            } catch (CallFailedException e) {
                last = e;
            }
            if (!now().isBefore(deadline)) {
                var reason = last == null ? "" : ": " + last.getMessage();
                throw new CallFailedException(what + " did not come within " + limit.toSeconds() + " s" + reason, last);
            }
            pause.pause(interval);
        }
    }
}
