package dev.failureaware.cdc.verifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.failureaware.cdc.verifier.Digest.Part;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    @Test
    void onlyUnequalBucketsAreSplit() {
        var same = new Part(10, 100);
        var source = new Digest(Map.of(3L, same, 4L, new Part(10, 100), 5L, new Part(1, 7)));
        var sink = new Digest(Map.of(3L, same, 4L, new Part(12, 101), 6L, new Part(2, 9)));

        assertThat(source.unequalTo(sink)).containsExactly(entry(4L, 12L), entry(5L, 1L), entry(6L, 2L));
        assertThat(source.rows()).isEqualTo(21);
    }

    @Test
    void bucketsAreAsManyAsTheRowsAreWorth() {
        assertThat(Buckets.all(0).bits()).isEqualTo(6);
        assertThat(Buckets.all(1_000_000).bits()).isEqualTo(12);
        assertThat(Buckets.all(25_000_000).bits()).isEqualTo(13);
    }

    @Test
    void bucketsAreSplitAsFarAsAServerMayFormGroups() {
        assertThat(new Buckets(12, new Long[1]).bitsOfParts()).isEqualTo(28);
        assertThat(new Buckets(12, new Long[1000]).bitsOfParts()).isEqualTo(18);
        assertThat(new Buckets(18, new Long[50_000]).bitsOfParts()).isEqualTo(18);
    }

    @Test
    void keysDifferByPresenceAndFingerprint() {
        var source = Map.of(List.of("same"), 1L, List.of("missing"), 2L, List.of("other"), 3L);
        var sink = Map.of(List.of("same"), 1L, List.of("orphan"), 2L, List.of("other"), 4L);

        assertThat(Comparison.differing(source, sink))
                .containsExactlyInAnyOrder(List.of("missing"), List.of("orphan"), List.of("other"));
    }

    @Test
    void boundsThatTheSinkPutsInAnotherOrderAreLeftOut() {
        assertThat(Ascending.longest(List.of(0, 5, 1, 2, 4, 3))).isIn(List.of(0, 1, 2, 4), List.of(0, 1, 2, 3));
        assertThat(Ascending.longest(List.of())).isEmpty();
        assertThat(Ascending.longest(List.of(2, 1, 0))).hasSize(1);
    }
}
