package dev.failureaware.cdc.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {
    private static final long MILLI = 1_000_000;

    @Test
    void slotsAreOneIntervalApart() {
        var pace = new Pace(20, Duration.ofSeconds(1), 0);

        assertThat(pace.takeSlot(0)).isZero();
        assertThat(pace.takeSlot(0)).isEqualTo(50 * MILLI);
        assertThat(pace.takeSlot(60 * MILLI)).isEqualTo(40 * MILLI);
    }

    @Test
    void aShortDelayIsCaughtUp() {
        var pace = new Pace(10, Duration.ofSeconds(1), 0);

        assertThat(slotsDueAt(pace, 500 * MILLI)).isEqualTo(6);
    }

    @Test
    void afterALongOutageOnlyTheCatchUpTimeIsMadeUp() {
        var pace = new Pace(10, Duration.ofSeconds(1), 0);

        assertThat(slotsDueAt(pace, 3_600_000 * MILLI)).isEqualTo(11);
    }

    @Test
    void theLongRunRateIsExact() {
        var pace = new Pace(5000, Duration.ofSeconds(1), 0);
        var now = 0L;
        for (var i = 0; i < 50_000; i++) {
            now += pace.takeSlot(now);
        }
        assertThat(now / MILLI).isBetween(9_990L, 10_000L);
    }

    private static int slotsDueAt(Pace pace, long now) {
        var due = 0;
        while (pace.takeSlot(now) == 0) {
            due++;
        }
        return due;
    }
}
