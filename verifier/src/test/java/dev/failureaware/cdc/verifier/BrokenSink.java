package dev.failureaware.cdc.verifier;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Ways in which a sink can be wrong, and how the verifier must call the rows. Each is let loose on a table of its own. */
enum BrokenSink {
    DROPS_ONE_EVENT_IN_A_THOUSAND(RowClass.MISSING, () -> new Flaw() {
        private int events;

        @Override
        public void apply(PlayedChange change, Applier right) {
            if (++events % 1000 != 0) {
                right.apply(change);
            }
        }
    }),
    IGNORES_DELETES(RowClass.ORPHAN, () -> (change, right) -> {
        if (!change.isDelete()) {
            right.apply(change);
        }
    }),
    IGNORES_UPDATES_TO_NULL(RowClass.MISMATCH, altering(change -> {
        var known = change;
        for (var value : change.row().entrySet()) {
            known = value.getValue() == null ? known.without(value.getKey()) : known;
        }
        return known;
    })),
    APPLIES_OUT_OF_ORDER(RowClass.STALE, () -> new Flaw() {
        private PlayedChange held;

        @Override
        public void apply(PlayedChange change, Applier right) {
            if (change.isUpdate() && change.id() == 5 && held == null) {
                held = change;
                return;
            }
            right.apply(change);
            if (change.isUpdate() && change.id() == 5) {
                right.applyUnguarded(held);
            }
        }
    }),
    APPLIES_A_STALE_SNAPSHOT_ROW_OVER_A_NEWER_ONE(
            RowClass.STALE, () -> (change, right) -> right.applyUnguarded(change)),
    BRINGS_DELETED_ROWS_BACK_BY_A_STALE_SNAPSHOT(
            RowClass.RESURRECTED, () -> (change, right) -> right.applyUnguarded(change)),
    APPLIES_AN_INSERT_AGAIN_AFTER_ITS_DELETE(RowClass.RESURRECTED, () -> new Flaw() {
        private final List<PlayedChange> inserts = new ArrayList<>();

        @Override
        public void apply(PlayedChange change, Applier right) {
            right.apply(change);
            if (change.isInsert() && change.id() == 13) {
                inserts.add(change);
            }
            if (change.isUpdate() && "third".equals(change.row().get("v"))) {
                inserts.forEach(right::applyUnguarded);
            }
        }
    }),
    TRUNCATES_TEXT(
            RowClass.MISMATCH,
            altering(change -> change.row().get("v") == null
                    ? change
                    : change.with("v", first(4, change.row().get("v"))))),
    ROUNDS_NUMERICS(
            RowClass.MISMATCH,
            altering(change -> change.isDelete()
                    ? change
                    : change.with(
                            "amount",
                            new BigDecimal(change.row().get("amount"))
                                    .setScale(2, RoundingMode.HALF_UP)
                                    .toString()))),
    SHIFTS_TIME_ZONES(
            RowClass.MISMATCH,
            altering(change -> change.isDelete()
                    ? change
                    : change.with("at", change.row().get("at").replaceAll("\\+00$", "+01")))),
    LOSES_MICROSECONDS(
            RowClass.MISMATCH,
            altering(change -> change.isDelete()
                    ? change
                    : change.with("at", change.row().get("at").replaceAll("(\\.\\d{3})\\d+", "$1")))),
    LOSES_PRECISION_OF_FLOATS(
            RowClass.MISMATCH,
            altering(change -> change.isDelete()
                    ? change
                    : change.with(
                            "ratio",
                            String.valueOf(Float.parseFloat(change.row().get("ratio")))))),
    SWAPS_THE_VALUES_OF_TWO_ROWS(
            RowClass.MISMATCH,
            altering(change -> change.isInsert() && change.id() / 2 == 8
                    ? change.with("id", String.valueOf(33 - change.id()))
                    : change)),
    TAKES_EMPTY_TEXT_FOR_NULL(
            RowClass.MISMATCH, altering(change -> "".equals(change.row().get("v")) ? change.with("v", null) : change)),
    STRIPS_BLANKS(
            RowClass.MISMATCH,
            altering(change -> change.row().get("v") == null
                    ? change
                    : change.with("v", change.row().get("v").strip()))),
    INSERTS_TWICE_IN_A_TABLE_WITHOUT_KEY(RowClass.DUPLICATE, () -> (change, right) -> {
        right.apply(change);
        if (change.row().get("v").endsWith("7")) {
            right.apply(change);
        }
    }),
    INSERTS_WHERE_A_UNIQUE_KEY_LACKS(RowClass.DUPLICATE, () -> (change, right) -> {
        if (!change.isUpdate() || change.id() != 5) {
            right.apply(change);
        } else {
            right.insert(change);
        }
    }),
    WRITES_THE_PLACEHOLDER(RowClass.TOAST_LEAK, () -> (change, right) -> right.applyWithPlaceholders(change)),
    SKIPS_ONE_PARTITION(RowClass.MISSING, () -> (change, right) -> {
        if (change.id() % PlayedConnector.PARTITIONS != 1) {
            right.apply(change);
        }
    }),
    ACKNOWLEDGES_BEFORE_WRITING_AND_CRASHES(RowClass.MISSING, () -> (change, right) -> {
        if (!change.isInsert() || change.id() < 17 || change.id() > 20) {
            right.apply(change);
        }
    }),
    ADDS_A_COLUMN_WITH_THE_WRONG_DEFAULT(RowClass.MISMATCH, () -> (change, right) -> right.apply(change)),
    KEEPS_PHANTOMS_AFTER_A_SNAPSHOT(RowClass.ORPHAN, () -> (change, right) -> right.apply(change)),
    KEEPS_THE_OLD_ROW_OF_A_CHANGED_KEY(RowClass.ORPHAN, () -> (change, right) -> {
        if (!change.isDelete() || change.id() != 7) {
            right.apply(change);
        }
    });

    /** How a sink of the ordinary kind writes. */
    interface Applier {
        /** Inserts, updates or deletes by the key, unless the row is newer; values that the event lacks are left alone. */
        void apply(PlayedChange change);

        /** Also over a newer row. */
        void applyUnguarded(PlayedChange change);

        void applyWithPlaceholders(PlayedChange change);

        void insert(PlayedChange change);
    }

    interface Flaw {
        void apply(PlayedChange change, Applier right);
    }

    private final RowClass expected;
    private final Supplier<Flaw> flaw;

    BrokenSink(RowClass expected, Supplier<Flaw> flaw) {
        this.expected = expected;
        this.flaw = flaw;
    }

    /** What each of the wrong rows is. */
    RowClass expected() {
        return expected;
    }

    Flaw flaw() {
        return flaw.get();
    }

    String table() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** As in the documentation. */
    String words() {
        return table().replace('_', ' ');
    }

    static HashMap<String, Flaw> byTable() {
        var flaws = new HashMap<String, Flaw>();
        Arrays.stream(values()).forEach(sink -> flaws.put(sink.table(), sink.flaw()));
        return flaws;
    }

    private static Supplier<Flaw> altering(UnaryOperator<PlayedChange> alter) {
        return () -> (change, right) -> right.apply(alter.apply(change));
    }

    private static String first(int characters, String text) {
        return text.substring(0, Math.min(characters, text.length()));
    }
}
