package dev.failureaware.cdc.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StatisticsTest {
    @Test
    void medianOfOddAndEvenCounts() {
        assertThat(Statistics.median(List.of(3.0, 1.0, 2.0))).isEqualTo(2.0);
        assertThat(Statistics.median(List.of(4.0, 1.0, 2.0, 3.0))).isEqualTo(2.5);
    }

    @Test
    void percentilesAreNumbersThatOccurred() {
        var hundred = IntStream.rangeClosed(1, 100)
                .mapToObj(number -> (double) number)
                .toList();

        assertThat(Statistics.percentile(hundred, 50)).isEqualTo(50.0);
        assertThat(Statistics.percentile(hundred, 99)).isEqualTo(99.0);
        assertThat(Statistics.percentile(hundred, 100)).isEqualTo(100.0);
    }
}
