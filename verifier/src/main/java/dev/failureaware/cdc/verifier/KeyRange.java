package dev.failureaware.cdc.verifier;

import java.util.ArrayList;
import java.util.List;

/**
 * Keys above one key and up to another, each given by the texts of its parts; null where the range is open. Ranges between
 * bounds that both servers put in the same order hold every key exactly once on each side. Which keys lie in a range may
 * differ between servers whose collations differ: such a row then looks missing in one range and like an orphan in another,
 * and the second look finds both of its sides.
 */
record KeyRange(List<String> above, List<String> upTo) {
    static final KeyRange ALL = new KeyRange(null, null);

    boolean isAll() {
        return above == null && upTo == null;
    }

    /** @param bounds in ascending order, within this range */
    List<KeyRange> cutAt(List<List<String>> bounds) {
        var ranges = new ArrayList<KeyRange>();
        var from = above;
        for (var bound : bounds) {
            ranges.add(new KeyRange(from, bound));
            from = bound;
        }
        ranges.add(new KeyRange(from, upTo));
        return ranges;
    }
}
