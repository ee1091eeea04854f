package dev.failureaware.cdc.verifier;

import io.vertx.mutiny.sqlclient.Row;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * All rows of one side of a table, as a count and a sum of hashes for each bucket of keys. Equal digests mean equal rows,
 * but for two sets of changes whose 64-bit hashes happen to have the same sum.
 */
record Digest(long[] counts, String[] sums) {
    static Digest of(List<Row> rows) {
        var digest = new Digest(new long[TableSql.BUCKETS], new String[TableSql.BUCKETS]);
        for (var row : rows) {
            digest.counts[row.getInteger(0)] = row.getLong(1);
            digest.sums[row.getInteger(0)] = row.getString(2);
        }
        return digest;
    }

    long rows() {
        return IntStream.range(0, counts.length).mapToLong(i -> counts[i]).sum();
    }

    int[] bucketsUnequalTo(Digest other) {
        return IntStream.range(0, counts.length)
                .filter(i -> counts[i] != other.counts[i] || !Objects.equals(sums[i], other.sums[i]))
                .toArray();
    }
}
