package dev.failureaware.cdc.chaos;

import dev.failureaware.cdc.chaos.platform.Time;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock that only moves when somebody waits. */
final class FakeTime extends Clock {
    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private Instant now = START;

    Time time() {
        return new Time(this, this::pass, Duration.ofMillis(500));
    }

    void pass(Duration duration) {
        now = now.plus(duration);
    }

    Duration elapsed() {
        return Duration.between(START, now);
    }

    @Override
    public Instant instant() {
        return now;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("only instants are asked for");
    }
}
