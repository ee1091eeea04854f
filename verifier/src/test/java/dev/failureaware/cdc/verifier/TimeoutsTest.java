package dev.failureaware.cdc.verifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeoutsTest {
    @ParameterizedTest
    @CsvSource({"60s,PT60S", "500ms,PT0.5S", "2m,PT2M", "1h,PT1H", "PT60S,PT60S", "pt1.5s,PT1.5S", "' 5s ',PT5S"})
    void bothFormsAreRead(String text, Duration expected) {
        assertThat(Timeouts.parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "60",
                "s",
                "-5s",
                "0s",
                "PT0S",
                "PT-1S",
                "61m",
                "5 s",
                "1e3s",
                "999999999999999s",
                "P9999999999D"
            })
    void anythingElseIsRefused(String text) {
        assertThatThrownBy(() -> Timeouts.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("up to 1 hour");
    }

    @Test
    void theMessageRepeatsWhatWasGiven() {
        assertThatThrownBy(() -> Timeouts.parse("soon")).hasMessageStartingWith("timeout 'soon': allowed is");
    }
}
