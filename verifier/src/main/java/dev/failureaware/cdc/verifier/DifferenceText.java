package dev.failureaware.cdc.verifier;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Puts a differing row into words; long values are cut, for a report is no copy of the data. */
final class DifferenceText {
    private static final int LONGEST_VALUE = 200;

    private final TablePair pair;

    DifferenceText(TablePair pair) {
        this.pair = pair;
    }

    /** @param source texts of the compared columns as they are now, or null if the row is gone since; so for the sink */
    Difference of(Candidate candidate, String[] source, String[] sink) {
        var columns = pair.columns();
        var indexes = IntStream.range(0, columns.size())
                .filter(i -> source == null || sink == null || !Objects.equals(source[i], sink[i]))
                .boxed()
                .toList();
        return new Difference(
                candidate.rowClass().label(),
                key(candidate.key()),
                indexes.stream().map(columns::get).toList(),
                values(indexes, source),
                values(indexes, sink));
    }

    private String key(List<String> key) {
        if (!pair.keyed()) {
            return "row with hash " + key.get(0);
        }
        if (key.size() == 1) {
            return String.valueOf(key.get(0));
        }
        var parts = new ArrayList<String>();
        for (var i = 0; i < key.size(); i++) {
            parts.add(pair.key().get(i).name() + "=" + key.get(i));
        }
        return String.join(", ", parts);
    }

    /** Quotes tell the empty text from no value. */
    private String values(List<Integer> indexes, String[] row) {
        var columns = pair.columns();
        return row == null
                ? null
                : indexes.stream()
                        .map(i -> columns.get(i) + "=" + (row[i] == null ? "null" : "'" + cut(row[i]) + "'"))
                        .collect(Collectors.joining(", "));
    }

    /** Null stays null. */
    static String cut(String value) {
        return value == null || value.length() <= LONGEST_VALUE ? value : value.substring(0, LONGEST_VALUE) + "…";
    }
}
