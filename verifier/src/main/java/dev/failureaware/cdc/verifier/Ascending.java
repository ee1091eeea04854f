package dev.failureaware.cdc.verifier;

import java.util.ArrayList;
import java.util.LinkedList;
import java.util.List;

/** The longest part of a sequence that ascends. */
final class Ascending {
    private Ascending() {}

    static List<Integer> longest(List<Integer> numbers) {
        var before = new int[numbers.size()];
        var ends = new ArrayList<Integer>();
        for (var i = 0; i < numbers.size(); i++) {
            var low = 0;
            var high = ends.size();
            while (low < high) {
                var middle = (low + high) >>> 1;
                if (numbers.get(ends.get(middle)) < numbers.get(i)) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            before[i] = low == 0 ? -1 : ends.get(low - 1);
            if (low == ends.size()) {
                ends.add(i);
            } else {
                ends.set(low, i);
            }
        }
        var longest = new LinkedList<Integer>();
        for (var i = ends.isEmpty() ? -1 : ends.get(ends.size() - 1); i >= 0; i = before[i]) {
            longest.addFirst(numbers.get(i));
        }
        return List.copyOf(longest);
    }
}
