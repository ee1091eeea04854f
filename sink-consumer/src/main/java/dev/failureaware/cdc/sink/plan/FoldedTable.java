package dev.failureaware.cdc.sink.plan;

import dev.failureaware.cdc.sink.decode.Decoded;
import dev.failureaware.cdc.sink.decode.Operation;
import dev.failureaware.cdc.sink.decode.TableShape;
import dev.failureaware.cdc.sink.plan.Plan.KeyChange;
import dev.failureaware.cdc.sink.plan.Plan.RowDelete;
import dev.failureaware.cdc.sink.plan.Plan.RowLeft;
import dev.failureaware.cdc.sink.plan.Plan.ShapeUse;
import dev.failureaware.cdc.sink.plan.Plan.TableWork;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The last state of each row of a table that the events of a batch tell, by the shape of the events. */
final class FoldedTable {
    private final List<Rows> byShape = new ArrayList<>();

    void add(Decoded.RowChange change, long after) {
        rows(change.shape()).add(change, after);
    }

    /** Who waits for the row under its new key learns that it has to be put aside too. */
    void leaveParked(Decoded.Delete delete) {
        rows(delete.shape()).leave(delete, List.of(), null, true);
    }

    /** Shapes are few and nearly always the same instance, so they are not hashed. */
    private Rows rows(TableShape shape) {
        for (var rows : byShape) {
            if (rows.shape == shape) {
                return rows;
            }
        }
        for (var rows : byShape) {
            if (rows.shape.equals(shape)) {
                return rows;
            }
        }
        var rows = new Rows(shape);
        byShape.add(rows);
        return rows;
    }

    /** A change of a table waits for its writers and later ones wait for it, so lsns tell which shape is older. */
    void addTo(List<TableWork> work) {
        byShape.stream()
                .map(Rows::work)
                .sorted(Comparator.comparingLong(table -> table.use().firstLsn()))
                .forEach(work::add);
    }

    /** The last state of each row, as far as events of one shape tell it. */
    private static final class Rows {
        private final TableShape shape;
        private long firstLsn = Long.MAX_VALUE;
        private long lastLsn = Long.MIN_VALUE;
        private final Map<List<String>, FoldedRow> rowsByKey = new HashMap<>();
        private final List<FoldedRow> rowsWithoutKey = new ArrayList<>();
        private final Map<KeyChange, RowLeft> left = new LinkedHashMap<>();

        Rows(TableShape shape) {
            this.shape = shape;
        }

        void add(Decoded.RowChange change, long after) {
            use(change);
            var row = FoldedRow.of(change, after);
            if (shape.hasKey()) {
                var earlier = rowsByKey.put(change.key(), row);
                follow(row, earlier);
                if (earlier != null) {
                    rowsByKey.put(change.key(), row.over(earlier));
                }
            } else {
                rowsWithoutKey.add(row);
            }
        }

        private void use(Decoded.RowChange change) {
            firstLsn = Math.min(firstLsn, change.source().lsn());
            lastLsn = Math.max(lastLsn, change.source().lsn());
        }

        /** Keeps what may be asked for under a row's new key, and nothing where the batch tells all of the new row. */
        private void follow(FoldedRow row, FoldedRow earlier) {
            if (row.change() instanceof Decoded.Delete delete) {
                if (!delete.keyChanged()) {
                    return;
                }
                if (earlier == null) {
                    leave(delete, List.of(), null, false);
                } else if (earlier.values() != null) {
                    var cameBy = earlier.arrival() == null || earlier.isWhole()
                            ? null
                            : earlier.arrival().change();
                    leave(delete, earlier.values(), cameBy, false);
                }
            } else if (!left.isEmpty() && row.change().operation() == Operation.INSERT && row.arrival() == null) {
                left.remove(KeyChange.of(row.change().source()));
            }
        }

        /** What was kept first is right: the same delete sent again finds another row or none. */
        void leave(Decoded.Delete delete, List<String> known, KeyChange cameBy, boolean parked) {
            use(delete);
            var change = KeyChange.of(delete.source());
            left.putIfAbsent(
                    change,
                    new RowLeft(
                            change,
                            delete.partition(),
                            delete.offset(),
                            shape.keyColumns(),
                            delete.key(),
                            known,
                            cameBy,
                            parked));
        }

        TableWork work() {
            var deletes = new ArrayList<RowDelete>();
            var groups = new UpsertGroups(shape);
            // One order of keys for all, so that two replicas never wait for each other's rows crosswise.
            var keyed = new ArrayList<>(rowsByKey.values());
            keyed.sort(FoldedRow::compareKeys);
            keyed.forEach(row -> row.into(deletes, groups));
            rowsWithoutKey.forEach(row -> row.into(deletes, groups));
            return new TableWork(
                    new ShapeUse(shape, firstLsn, lastLsn), List.copyOf(left.values()), deletes, groups.all());
        }
    }
}
