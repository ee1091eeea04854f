package dev.failureaware.cdc.verifier;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Finds the keys whose rows differ: digests inside both databases, then the keys of unequal buckets only. Both sides are
 * read at about the same time, so a key found here is a candidate and no finding; {@link SecondLooks} decides.
 */
@ApplicationScoped
class Comparison {
    /** Most rows of one side that are held in memory at once, unless one bucket alone has more. */
    private static final long ROWS_AT_ONCE = 25_000;

    private final Databases databases;

    Comparison(Databases databases) {
        this.databases = databases;
    }

    /** @param maxCandidates most keys to name; where more differ, the check says so */
    TableCheck compare(TablePair pair, int maxCandidates, Deadline deadline) {
        var source = TableSql.ofSource(pair);
        var sink = TableSql.ofSink(pair);
        var digests = databases.onBoth(
                deadline,
                session -> Digest.of(session.rows(source.digest())),
                session -> Digest.of(session.rows(sink.digest())));
        var candidates = new ArrayList<Candidate>();
        var more = false;
        for (var buckets : portions(digests)) {
            if (candidates.size() >= maxCandidates) {
                more = true;
                break;
            }
            var fingerprints = databases.onBoth(
                    deadline,
                    session -> fingerprints(session, source, buckets),
                    session -> fingerprints(session, sink, buckets));
            var differing = differing(fingerprints.source(), fingerprints.sink());
            var room = maxCandidates - candidates.size();
            more |= differing.size() > room;
            differing.stream().limit(room).map(Candidate::new).forEach(candidates::add);
        }
        return new TableCheck(pair, digests.source().rows(), digests.sink().rows(), List.copyOf(candidates), more);
    }

    /** Unequal buckets in portions that fit into memory; each portion costs one more reading of the table. */
    static List<Integer[]> portions(Databases.BothSides<Digest> digests) {
        var portions = new ArrayList<Integer[]>();
        var portion = new ArrayList<Integer>();
        var rows = 0L;
        for (var bucket : digests.source().bucketsUnequalTo(digests.sink())) {
            var more =
                    Math.max(digests.source().counts()[bucket], digests.sink().counts()[bucket]);
            if (!portion.isEmpty() && rows + more > ROWS_AT_ONCE) {
                portions.add(portion.toArray(Integer[]::new));
                portion.clear();
                rows = 0;
            }
            portion.add(bucket);
            rows += more;
        }
        if (!portion.isEmpty()) {
            portions.add(portion.toArray(Integer[]::new));
        }
        return portions;
    }

    private static Map<List<String>, String> fingerprints(Database.Session session, TableSql sql, Integer[] buckets) {
        var fingerprints = new HashMap<List<String>, String>();
        for (var row : session.rows(sql.rowsOfBuckets(), (Object) buckets)) {
            // A sink without a unique key can hold a key twice; then the joined fingerprints differ from the one row's.
            fingerprints.merge(List.of(row.getArrayOfStrings(0)), row.getString(1), (a, b) -> a + "," + b);
        }
        return fingerprints;
    }

    /** Keys that are on one side only, or with another fingerprint. */
    static List<List<String>> differing(Map<List<String>, String> source, Map<List<String>, String> sink) {
        var keys = new ArrayList<List<String>>();
        source.forEach((key, fingerprint) -> {
            if (!Objects.equals(fingerprint, sink.get(key))) {
                keys.add(key);
            }
        });
        sink.keySet().stream().filter(key -> !source.containsKey(key)).forEach(keys::add);
        return keys;
    }
}
