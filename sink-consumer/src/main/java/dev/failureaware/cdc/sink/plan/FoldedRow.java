package dev.failureaware.cdc.sink.plan;

import dev.failureaware.cdc.sink.decode.ColumnShape;
import dev.failureaware.cdc.sink.decode.Decoded;
import dev.failureaware.cdc.sink.decode.Operation;
import dev.failureaware.cdc.sink.decode.ValueForm;
import dev.failureaware.cdc.sink.plan.Plan.Arrival;
import dev.failureaware.cdc.sink.plan.Plan.KeyChange;
import dev.failureaware.cdc.sink.plan.Plan.RowDelete;
import dev.failureaware.cdc.sink.plan.Plan.RowUpsert;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;

/**
 * The last state of a row that the events of a batch tell.
 *
 * @param firstKey value of the key's first column
 * @param begins whether the batch holds the row's beginning (or end), so that nothing is known of it from before
 * @param values null for a deleted row
 * @param arrival null unless the row begins by a change of its key, without all of its values
 */
record FoldedRow(
        Decoded.RowChange change, String firstKey, long after, boolean begins, List<String> values, Arrival arrival) {
    static FoldedRow of(Decoded.RowChange change, long after) {
        var values = change instanceof Decoded.Upsert upsert ? upsert.values() : null;
        var arrives = change.operation() == Operation.INSERT && !isWhole(values);
        return new FoldedRow(
                change,
                change.key().isEmpty() ? null : change.key().get(0),
                after,
                change.operation() != Operation.UPDATE,
                values,
                arrives ? new Arrival(KeyChange.of(change.source()), change.partition(), change.offset()) : null);
    }

    /** This later state, with values that it lacks taken from the earlier one. */
    FoldedRow over(FoldedRow earlier) {
        if (values == null || earlier.values == null || isWhole()) {
            return this;
        }
        var known = new HashMap<String, String>();
        for (var i = 0; i < earlier.values.size(); i++) {
            known.put(earlier.change.shape().columns().get(i).name(), earlier.values.get(i));
        }
        var merged = new ArrayList<String>(values.size());
        for (var i = 0; i < values.size(); i++) {
            var column = change.shape().columns().get(i).name();
            merged.add(isUnavailable(values.get(i)) && known.containsKey(column) ? known.get(column) : values.get(i));
        }
        return new FoldedRow(
                change, firstKey, after, earlier.begins, merged, arrival == null ? earlier.arrival : arrival);
    }

    boolean isWhole() {
        return isWhole(values);
    }

    private static boolean isWhole(List<String> values) {
        for (var i = 0; i < values.size(); i++) {
            if (isUnavailable(values.get(i))) {
                return false;
            }
        }
        return true;
    }

    void into(List<RowDelete> deletes, UpsertGroups groups) {
        if (values == null) {
            deletes.add(new RowDelete(change.shape().keyColumns(), change.key()));
            return;
        }
        var ofSnapshot = change.source().ofSnapshot();
        if (isWhole()) {
            groups.whole(ofSnapshot).add(upsert(values, null));
            return;
        }
        var columns = new ArrayList<ColumnShape>(values.size());
        var lacking = new ArrayList<ColumnShape>();
        var given = new ArrayList<String>(values.size());
        for (var i = 0; i < values.size(); i++) {
            var column = change.shape().columns().get(i);
            if (isUnavailable(values.get(i))) {
                lacking.add(column);
            } else {
                columns.add(column);
                given.add(values.get(i));
            }
        }
        groups.group(
                        columns,
                        arrival == null ? List.of() : lacking,
                        ofSnapshot,
                        arrival == null && !begins && change.shape().hasKey())
                .rows()
                .add(upsert(given, arrival));
    }

    private RowUpsert upsert(List<String> given, Arrival arrival) {
        return new RowUpsert(
                given,
                change.operation(),
                change.source().lsn(),
                after,
                change.source().commitMicros(),
                arrival);
    }

    @SuppressWarnings("StringEquality") // The placeholder is known by identity: see ValueForm.UNAVAILABLE.
    private static boolean isUnavailable(String value) {
        return value == ValueForm.UNAVAILABLE;
    }

    /**
     * Some order of all keys; mostly decided by the first column, which is at hand. Shorter texts come first, which makes it
     * that of whole numbers and of uuids, and so of most indexes.
     */
    static int compareKeys(FoldedRow a, FoldedRow b) {
        var order = compareTexts(a.firstKey, b.firstKey);
        return order != 0 ? order : compareKeys(a.change.key(), b.change.key());
    }

    private static int compareKeys(List<String> a, List<String> b) {
        for (var i = 0; i < a.size(); i++) {
            var order = compareTexts(a.get(i), b.get(i));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    private static int compareTexts(String a, String b) {
        if (a == null || b == null) {
            return Boolean.compare(b == null, a == null);
        }
        var byLength = Integer.compare(a.length(), b.length());
        return byLength != 0 ? byLength : a.compareTo(b);
    }
}
