package dev.failureaware.cdc.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class LsnTest {
    @Property
    void textFormRoundTrips(@ForAll long value) {
        assertThat(Lsn.parse(new Lsn(value).toString())).isEqualTo(new Lsn(value));
    }

    @Test
    void comparesAsUnsigned() {
        assertThat(Lsn.parse("FFFFFFFF/0")).isGreaterThan(Lsn.parse("0/FFFFFFFF"));
    }

    @Test
    void refusesOtherText() {
        assertThatThrownBy(() -> Lsn.parse("12345")).hasMessageContaining("12345");
    }
}
