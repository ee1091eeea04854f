package dev.failureaware.cdc.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    @Test
    void onlyUnequalBucketsAreSplit() {
        var source = digest();
        var sink = digest();
        set(source, 3, 10, "100");
        set(sink, 3, 10, "100");
        set(source, 4, 10, "100");
        set(sink, 4, 10, "101");
        set(source, 5, 1, "7");
        set(sink, 6, 2, "9");

        assertThat(source.bucketsUnequalTo(sink)).containsExactly(4, 5, 6);
        assertThat(source.rows()).isEqualTo(21);
    }

    @Test
    void portionsFitIntoMemoryUnlessOneBucketDoesNot() {
        var source = digest();
        set(source, 0, 15_000, "1");
        set(source, 1, 15_000, "1");
        set(source, 2, 10_000, "1");
        set(source, 3, 200_000, "1");

        var portions = Comparison.portions(new Databases.BothSides<>(source, digest()));

        assertThat(portions).containsExactly(new Integer[] {0}, new Integer[] {1, 2}, new Integer[] {3});
    }

    @Test
    void keysDifferByPresenceAndFingerprint() {
        var source = Map.of(List.of("same"), "1", List.of("missing"), "2", List.of("other"), "3");
        var sink = Map.of(List.of("same"), "1", List.of("orphan"), "2", List.of("other"), "4");

        assertThat(Comparison.differing(source, sink))
                .containsExactlyInAnyOrder(List.of("missing"), List.of("orphan"), List.of("other"));
    }

    private static Digest digest() {
        return new Digest(new long[TableSql.BUCKETS], new String[TableSql.BUCKETS]);
    }

    private static void set(Digest digest, int bucket, long count, String sum) {
        digest.counts()[bucket] = count;
        digest.sums()[bucket] = sum;
    }
}
