package dev.failureaware.cdc.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RateTest {
    private static final long SECOND = 1_000_000_000;

    @Test
    void aRateNeedsTwoCountsThatGrow() {
        var rate = new Sampler.Rate();

        assertThat(rate.next(100L, SECOND)).isNull();
        assertThat(rate.next(600L, 3 * SECOND)).isEqualTo(250.0);
        assertThat(rate.next(null, 4 * SECOND)).as("not known").isNull();
        assertThat(rate.next(700L, 5 * SECOND)).as("nothing to compare with").isNull();
        assertThat(rate.next(3L, 6 * SECOND)).as("another server").isNull();
        assertThat(rate.next(3L, 7 * SECOND)).isZero();
    }
}
