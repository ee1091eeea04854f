package dev.failureaware.cdc.model;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class VerdictTest {
    @Property
    void theWorstWinsInAnyOrder(@ForAll Verdict a, @ForAll Verdict b) {
        assertThat(a.and(b)).isEqualTo(b.and(a)).isIn(a, b).isGreaterThanOrEqualTo(a);
    }

    @Test
    void aCheckThatCouldNotBeMadeIsNeverAPass() {
        assertThat(Verdict.PASS.and(Verdict.UNKNOWN)).isEqualTo(Verdict.UNKNOWN);
    }
}
