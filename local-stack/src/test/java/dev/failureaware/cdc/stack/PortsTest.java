package dev.failureaware.cdc.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PortsTest {

    @Test
    void everyListenerGetsItsUsualPortOnAFreeMachine() {
        var ports = Ports.choose(Ports.wanted(Map.of()), port -> true);

        assertThat(ports.of(Port.SOURCE)).isEqualTo(5432);
        assertThat(ports.address(Port.KAFKA)).isEqualTo("127.0.0.1:9092");
        assertThat(ports.moved()).isEmpty();
    }

    @Test
    void aBusyPortIsReplacedByTheNextOneThatNobodyElseWantsAndTheLineSaysSo() {
        // Given 5432 is busy, and 5433 is free but the sink's
        var busy = Set.of(5432);

        var ports = Ports.choose(Ports.wanted(Map.of()), port -> !busy.contains(port));

        assertThat(ports.of(Port.SOURCE)).isEqualTo(5434);
        assertThat(ports.of(Port.SINK)).isEqualTo(5433);
        assertThat(ports.moved()).containsExactly("port 5432 (SOURCE_PORT) is busy, source takes 5434");
    }

    @Test
    void twoListenersThatWantTheSamePortGetTwo() {
        var ports = Ports.choose(Ports.wanted(Map.of("SINK_PORT", "5432")), port -> true);

        assertThat(new HashSet<>(ports.numbers().values())).hasSize(Port.values().length);
        assertThat(ports.of(Port.SINK)).isEqualTo(5433);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "65536", "99999", "abc", "54 32", "1e3"})
    void aValueThatIsNoPortIsRefusedWithNameValueAndWhatIsAllowed(String value) {
        assertThatThrownBy(() -> Ports.wanted(Map.of("CONNECT_PORT", value)))
                .isInstanceOf(StackException.class)
                .hasMessage("CONNECT_PORT=" + value + " is no port; allowed: a number from 1 to 65535");
    }

    @Test
    void anEmptyValueMeansTheUsualPort() {
        assertThat(Ports.wanted(Map.of("SINK_PORT", ""))).containsEntry(Port.SINK, 5433);
    }
}
