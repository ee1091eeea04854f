package dev.failureaware.cdc.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class SeriesTest {
    @Test
    void theOldestIsForgottenBeyondTheLimit() {
        var series = new Series();
        for (var second = 1; second <= Series.KEPT + 5; second++) {
            series.add(new Sample(Instant.ofEpochSecond(second), null, null, null, null, null, null));
        }

        assertThat(series.after(Instant.EPOCH)).hasSize(Series.KEPT);
        assertThat(series.after(Instant.ofEpochSecond(Series.KEPT + 3)))
                .extracting(Sample::timestamp)
                .containsExactly(Instant.ofEpochSecond(Series.KEPT + 4), Instant.ofEpochSecond(Series.KEPT + 5));
    }
}
