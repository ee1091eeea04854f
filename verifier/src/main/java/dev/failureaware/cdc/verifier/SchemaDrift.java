package dev.failureaware.cdc.verifier;

import dev.failureaware.cdc.model.TableId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One way in which the sink's table is not the source's table.
 *
 * @param column empty when it is about the table as a whole
 * @param ageOfChange transactions since the source's side came to be as it is; the sink cannot know of the change before a
 *     row was written after it
 */
record SchemaDrift(Kind kind, TableId table, String column, String detail, int ageOfChange) {
    enum Kind {
        /** The sink learns of a table by its first event. */
        MISSING_TABLE(true),
        /** The sink learns of a column by the table's next event. */
        MISSING_COLUMN(true),
        /** The same. */
        OTHER_TYPE(true),
        /** The sink refuses null where the source does not; it learns of that by the table's next event. */
        NOT_NULL(true),
        /** No event explains a column that the source does not have. */
        EXTRA_COLUMN(false);

        private final boolean waitsForAnEvent;

        Kind(boolean waitsForAnEvent) {
            this.waitsForAnEvent = waitsForAnEvent;
        }
    }

    /** All drift of a table; keys are none, and the sink is free to allow null: see {@link #notes}. */
    static List<SchemaDrift> between(TableShape source, Optional<TableShape> atSink) {
        if (atSink.isEmpty()) {
            return List.of(new SchemaDrift(
                    Kind.MISSING_TABLE, source.id(), "", "the sink has no such table", Integer.MAX_VALUE));
        }
        var drifts = new ArrayList<SchemaDrift>();
        var sink = atSink.get().byName();
        for (var column : source.columns()) {
            var other = sink.remove(column.name());
            if (other == null) {
                drifts.add(new SchemaDrift(
                        Kind.MISSING_COLUMN,
                        source.id(),
                        column.name(),
                        "column %s %s is missing at the sink".formatted(column.name(), column.type()),
                        column.age()));
            } else if (!written(other.type()).equals(written(column.type()))) {
                drifts.add(new SchemaDrift(
                        Kind.OTHER_TYPE,
                        source.id(),
                        column.name(),
                        "column %s is %s at the source and %s at the sink"
                                .formatted(column.name(), column.type(), other.type()),
                        column.age()));
            }
            if (other != null && other.notNull() && !column.notNull()) {
                drifts.add(new SchemaDrift(
                        Kind.NOT_NULL,
                        source.id(),
                        column.name(),
                        "column %s may be null at the source and not at the sink".formatted(column.name()),
                        column.age()));
            }
        }
        sink.values().stream()
                .sorted((a, b) -> a.name().compareTo(b.name()))
                .forEach(extra -> drifts.add(new SchemaDrift(
                        Kind.EXTRA_COLUMN,
                        source.id(),
                        extra.name(),
                        "column %s %s is at the sink only".formatted(extra.name(), extra.type()),
                        Integer.MAX_VALUE)));
        return drifts;
    }

    /** Six digits are what these types hold where none are said. */
    private static String written(String type) {
        return type.replaceFirst("^(timestamp|time|interval)\\(6\\)", "$1");
    }

    /** Differences that are reported and fail nothing. */
    static List<String> notes(TableShape source, TableShape sink) {
        var notes = new ArrayList<String>();
        if (!source.key().equals(sink.key())) {
            notes.add("%s: key %s at the source, %s at the sink"
                    .formatted(source.id().label(), source.key(), sink.key()));
        }
        for (var column : source.columns()) {
            sink.column(column.name())
                    .filter(other -> !other.notNull() && column.notNull())
                    .ifPresent(other -> notes.add("%s.%s: %s at the source, %s at the sink"
                            .formatted(source.id().label(), column.name(), nullability(column), nullability(other))));
        }
        return notes;
    }

    /**
     * Whether the sink had its chance: an event that tells of the change was committed, and the fence that was passed since
     * came later. A row version of the changing transaction itself is no proof (a rewrite of the table leaves such rows and
     * no events), hence strictly younger.
     */
    boolean mustBeKnownToTheSink(int ageOfNewestRow) {
        return !kind.waitsForAnEvent || ageOfNewestRow < ageOfChange;
    }

    boolean sameAs(SchemaDrift other) {
        return kind == other.kind
                && table.equals(other.table)
                && column.equals(other.column)
                && detail.equals(other.detail);
    }

    private static String nullability(Column column) {
        return column.notNull() ? "not null" : "nullable";
    }
}
