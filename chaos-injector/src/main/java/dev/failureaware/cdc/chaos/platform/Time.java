package dev.failureaware.cdc.chaos.platform;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** The clock and the way to wait, together, so that both can be replaced at once. */
public final class Time {

    /** Waits; interruptible, so that a run can be aborted at any moment. */
    @FunctionalInterface
    public interface Pause {
        void pause(Duration duration) throws InterruptedException;
    }

    /** One look at something that is awaited; empty means not yet. */
    @FunctionalInterface
    public interface Look<T> {
        Optional<T> look() throws CallFailedException, InterruptedException;
    }

    private final Clock clock;
    private final Pause pause;
    private final Duration interval;

    /** @param interval pause between two looks */
    public Time(Clock clock, Pause pause, Duration interval) {
        this.clock = clock;
        this.pause = pause;
        this.interval = interval;
    }

    /** The time that really passes. */
    public static Time real(Clock clock, Duration interval) {
        return new Time(clock, pause -> Thread.sleep(pause.toMillis()), interval);
    }

    public Instant now() {
        return clock.instant();
    }

    public Duration interval() {
        return interval;
    }

    public void pause(Duration duration) throws InterruptedException {
        pause.pause(duration);
    }

    public void pauseUntil(Instant instant) throws InterruptedException {
        for (var left = Duration.between(now(), instant);
                left.toMillis() > 0;
                left = Duration.between(now(), instant)) {
            pause.pause(left);
        }
    }

    /**
     * Looks until there is an answer. A look that fails counts as "not yet", unless for good: servers that come up answer
     * wrongly for a while.
     *
     * @throws CallFailedException when the limit has passed; it names the last failed look, if that was why
     */
    public <T> T await(String what, Duration limit, Look<T> look) throws CallFailedException, InterruptedException {
        var deadline = now().plus(limit);
        while (true) {
            CallFailedException last = null;
            try {
                var found = look.look();
                if (found.isPresent()) {
                    return found.get();
                }
            } catch (CallFailedException e) {
                if (e.isFinal()) {
                    throw e;
                }
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
