package dev.failureaware.cdc.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class GateTest {
    private static final Duration SHORT = Duration.ofMillis(20);

    private final Gate gate = new Gate();

    @Test
    void closingTellsWhetherSomebodyIsStillInside() throws InterruptedException {
        gate.enter();
        assertThat(gate.close(SHORT)).isFalse();

        gate.leave();
        assertThat(gate.close(SHORT)).isTrue();
    }

    @Test
    void aShutGateLetsNobodyInAndCannotBeOpened() throws InterruptedException {
        gate.shut(SHORT);

        gate.open();

        assertThat(gate.enter()).isFalse();
        assertThat(gate.isOpen()).isFalse();
    }
}
