package dev.failureaware.cdc.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class UnappliedOffsetsTest {
    @Test
    void gapsAreNoEvents() {
        var offsets = new UnappliedOffsets();
        for (var offset : new long[] {3, 4, 6, 9}) {
            offsets.add(offset, 0);
        }

        assertThat(offsets.count()).isEqualTo(4);
        assertThat(offsets.countBelow(6)).isEqualTo(2);
        assertThat(offsets.countBelow(100)).isEqualTo(4);
        offsets.appliedBelow(4);
        assertThat(offsets.count()).isEqualTo(3);
    }

    @Test
    void behavesAsASetWhateverComes() {
        var random = new Random(42);
        var offsets = new UnappliedOffsets();
        var set = new TreeSet<Long>();
        var next = 0L;
        var applied = 0L;

        for (var step = 0; step < 20_000; step++) {
            if (random.nextInt(3) > 0) {
                next += 1 + (random.nextInt(5) == 0 ? 1 : 0);
                offsets.add(next, step);
                set.add(next);
            } else {
                applied = Math.max(applied, applied + random.nextInt((int) (next - applied) + 2));
                offsets.appliedBelow(applied);
                set.headSet(applied).clear();
            }
            var bound = applied + random.nextInt(50);
            assertThat(offsets.count()).isEqualTo(set.size());
            assertThat(offsets.countBelow(bound)).isEqualTo(set.headSet(bound).size());
        }
    }

    @Test
    void theOldestEventIsKnownToASecondHoweverLongTheBacklog() {
        var offsets = new UnappliedOffsets();
        assertThat(offsets.oldest()).isEmpty();
        for (var offset = 0; offset < 100_000; offset++) {
            offsets.add(offset, offset * 10L);
        }

        for (var applied = 0; applied < 100_000; applied += 777) {
            offsets.appliedBelow(applied);
            assertThat(offsets.oldest().orElseThrow()).isBetween(applied * 10L - 1000, applied * 10L);
        }
        offsets.appliedBelow(100_000);
        assertThat(offsets.oldest()).isEmpty();
    }
}
