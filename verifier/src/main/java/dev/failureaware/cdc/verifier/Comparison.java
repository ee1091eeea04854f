package dev.failureaware.cdc.verifier;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Finds the keys whose rows differ: digests inside both databases, finer ones of what is unequal, and then the rows of what is
 * still unequal. Both sides are read at about the same time, each statement in a snapshot of its own, so a key found here is a
 * candidate and no finding; {@link SecondLooks} decides. Nothing is hidden by that: every row belongs to one bucket of one
 * range by its key alone, so it is read exactly once on each side, and equal digests mean that it was equal then.
 */
@ApplicationScoped
class Comparison {
    /** Blocks are sampled as a whole and may hold neighbours only, so there are more rows in a sample than ranges. */
    private static final double SAMPLED_ROWS_OF_A_RANGE = 300;

    private final Databases databases;
    private final Limits limits;

    @Inject
    Comparison(Databases databases, VerifierConfig config) {
        this(databases, new Limits(config.rowsInOneStatement(), Limits.USUAL.rowsWorthADigest, config.maxCandidates()));
    }

    Comparison(Databases databases, Limits limits) {
        this.databases = databases;
        this.limits = limits;
    }

    /**
     * @param rowsInOneStatement larger tables are read in ranges of their key
     * @param rowsWorthADigest fewer rows are fetched rather than digested again; also how many rows a range is to have when
     *     differences are all over a table
     * @param candidates most differing rows that are held at once
     */
    record Limits(long rowsInOneStatement, long rowsWorthADigest, int candidates) {
        static final Limits USUAL = new Limits(25_000_000, 100_000, 50_000);
    }

    /** What a comparison cannot do by itself. */
    interface Helper {
        /** Waits until the sink has all that is committed now. */
        void passFence();

        /** Settles the check's candidates and counts them, so that there is room for others. */
        void makeRoom(TableCheck check);
    }

    /** Fills the check; leaves it incomplete when too many rows are written at every look. */
    void compare(TableCheck check, Helper helper, Deadline deadline) {
        new Work(check, helper, deadline).compare();
    }

    private final class Work {
        private final TableCheck check;
        private final Helper helper;
        private final Deadline deadline;
        private final TablePair pair;
        private final TableSql source;
        private final TableSql sink;

        private Work(TableCheck check, Helper helper, Deadline deadline) {
            this.check = check;
            this.helper = helper;
            this.deadline = deadline;
            this.pair = check.pair();
            this.source = TableSql.ofSource(pair);
            this.sink = TableSql.ofSink(pair);
        }

        private void compare() {
            var estimated = estimatedRows();
            var ranges = cut(KeyRange.ALL, estimated, limits.rowsInOneStatement, estimated);
            for (var range : ranges) {
                if (!compare(range, Buckets.all(estimated / ranges.size()))) {
                    return;
                }
            }
            check.completed();
        }

        /** @return false when there is no room for more candidates */
        private boolean compare(KeyRange range, Buckets all) {
            var among = all;
            var digests = digests(range, among, among.bits());
            var rowsOfRange = digests.source().rows();
            check.read(rowsOfRange, digests.sink().rows());
            var unequal = digests.source().unequalTo(digests.sink());
            among = new Buckets(among.bits(), unequal.keySet().toArray(Long[]::new));
            while (rows(unequal) > limits.rowsWorthADigest && among.bitsOfParts() > among.bits()) {
                var bits = among.bitsOfParts();
                var finer = unequal(range, among, bits);
                var narrowed = rows(finer) < rows(unequal) * 3 / 4;
                unequal = finer;
                among = new Buckets(bits, unequal.keySet().toArray(Long[]::new));
                if (!narrowed) {
                    break;
                }
            }
            if (rows(unequal) > limits.rowsWorthADigest) {
                // So much is mostly a large transaction on its way.
                helper.passFence();
                unequal = unequal(range, among, among.bits());
                among = new Buckets(among.bits(), unequal.keySet().toArray(Long[]::new));
            }
            if (unequal.isEmpty()) {
                return true;
            }
            for (var part : cut(range, rows(unequal), limits.rowsWorthADigest, rowsOfRange)) {
                if (!fetch(part, among)) {
                    return false;
                }
            }
            return true;
        }

        private TreeMap<Long, Long> unequal(KeyRange range, Buckets among, int bits) {
            var digests = digests(range, among, bits);
            return digests.source().unequalTo(digests.sink());
        }

        private Databases.BothSides<Digest> digests(KeyRange range, Buckets among, int bits) {
            return databases.onBoth(
                    deadline,
                    session -> Digest.of(session.rows(source.digest(range, among, bits))),
                    session -> Digest.of(session.rows(sink.digest(range, among, bits))));
        }

        private static long rows(TreeMap<Long, Long> unequal) {
            return unequal.values().stream().mapToLong(Long::longValue).sum();
        }

        private long estimatedRows() {
            return databases
                    .source()
                    .inSnapshot(deadline, session -> session.rows(source.estimatedRows()))
                    .get(0)
                    .getLong(0);
        }

        /** The range in parts of about the wanted size, by bounds that come in the same order on both sides. */
        private List<KeyRange> cut(KeyRange range, long rows, long wanted, long rowsOfRange) {
            var parts = (int) Math.min(100_000, (rows + wanted - 1) / wanted);
            if (parts < 2 || !pair.ordered()) {
                return List.of(range);
            }
            var percent = 100.0 * parts * SAMPLED_ROWS_OF_A_RANGE / Math.max(1, rowsOfRange);
            var bounds = databases
                    .source()
                    .inSnapshot(deadline, session -> session.rows(source.bounds(range, parts, percent)))
                    .stream()
                    .map(row -> TableSql.key(row.getArrayOfStrings(0)))
                    .toList();
            var positions = databases.sink().inSnapshot(deadline, session -> session.rows(sink.order(bounds))).stream()
                    .map(row -> row.getInteger(0) - 1)
                    .toList();
            return range.cutAt(
                    Ascending.longest(positions).stream().map(bounds::get).toList());
        }

        private boolean fetch(KeyRange range, Buckets among) {
            Long after = null;
            do {
                var resume = after;
                after = databases
                        .source()
                        .inSnapshot(
                                deadline,
                                atSource -> databases
                                        .sink()
                                        .inSnapshot(
                                                deadline,
                                                atSink -> merge(
                                                        atSource.stream(source.rows(range, among, resume)),
                                                        atSink.stream(sink.rows(range, among, resume)))));
                if (check.candidates().size() >= limits.candidates) {
                    helper.makeRoom(check);
                    if (check.candidates().size() >= limits.candidates) {
                        return false;
                    }
                }
            } while (after != null);
            return true;
        }

        /** @return the hash to go on after; null when all is read */
        private Long merge(RowStream fromSource, RowStream fromSink) {
            while (true) {
                var hash = lower(fromSource, fromSink);
                if (hash == null) {
                    return null;
                }
                differing(rowsWith(hash, fromSource), rowsWith(hash, fromSink))
                        .forEach(key -> check.add(new Candidate(key)));
                if (check.candidates().size() >= limits.candidates) {
                    return hash;
                }
            }
        }
    }

    private static Long lower(RowStream one, RowStream other) {
        var first = one.peek();
        var second = other.peek();
        if (first == null || second == null) {
            var only = first == null ? second : first;
            return only == null ? null : only.getLong(0);
        }
        return Math.min(first.getLong(0), second.getLong(0));
    }

    private static Map<List<String>, Long> rowsWith(long hash, RowStream rows) {
        var found = new HashMap<List<String>, Long>();
        while (rows.peek() != null && rows.peek().getLong(0) == hash) {
            var row = rows.take();
            // A sink without a unique key can hold a key twice; then what comes out is not the one row's fingerprint.
            found.merge(TableSql.key(row.getArrayOfStrings(1)), row.getLong(2), (a, b) -> 31 * a + b + 1);
        }
        return found;
    }

    /** Keys that are on one side only, or with another fingerprint. */
    static List<List<String>> differing(Map<List<String>, Long> source, Map<List<String>, Long> sink) {
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
