package dev.failureaware.cdc.sink.apply;

import static dev.failureaware.cdc.model.Identifiers.quote;

import dev.failureaware.cdc.model.SinkBookkeeping;
import dev.failureaware.cdc.model.TableId;
import dev.failureaware.cdc.sink.apply.SchemaPolicy.MissingTable;
import dev.failureaware.cdc.sink.apply.SchemaPolicy.OnChange;
import dev.failureaware.cdc.sink.apply.SqlType.Change;
import dev.failureaware.cdc.sink.decode.ColumnShape;
import dev.failureaware.cdc.sink.decode.TableShape;
import dev.failureaware.cdc.sink.plan.Plan.ShapeUse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The next step that makes a sink table able to take events of one shape, or the reason why it must not. Pure: the caller runs
 * the step, looks at the table again, and asks for the next one until there is none.
 *
 * <p>Partitions are not read in step, and a topic may be read again, so events of older shapes come after newer ones. An older
 * shape never changes the table; its values go where the columns are now.
 */
final class SchemaChanges {
    private static final Map<String, String> CDC_COLUMNS = cdcColumns();

    private static final String KEY_WAY_OUT =
            ": rows are recognised by their key, and the events of one row may now be in"
                    + " another partition; empty the sink's table, give it the new key and take a new snapshot";

    private final SinkTable table;
    private final ShapeUse use;
    private final TableShape shape;
    private final SinkTypes types;
    private final SchemaPolicy policy;
    /** Whether all events of the shape come before what the table follows already. */
    private final boolean old;

    private SchemaChanges(SinkTable table, ShapeUse use, SinkTypes types, SchemaPolicy policy) {
        this.table = table;
        this.use = use;
        this.shape = use.shape();
        this.types = types;
        this.policy = policy;
        this.old = table.exists() && use.lastLsn() < table.schemaLsn();
    }

    private static Map<String, String> cdcColumns() {
        var columns = new LinkedHashMap<String, String>();
        columns.put(SinkBookkeeping.OP, "char(1)");
        columns.put(SinkBookkeeping.LSN, "bigint");
        columns.put(SinkBookkeeping.AFTER, "bigint");
        columns.put(SinkBookkeeping.SOURCE_TS, "timestamptz");
        columns.put(SinkBookkeeping.RECEIVED, "timestamptz");
        return columns;
    }

    /**
     * Statements of the next step; none when the table can take the shape.
     *
     * @throws TableStoppedException when it cannot, and the policy does not say how it could
     */
    static List<String> next(SinkTable table, ShapeUse use, SinkTypes types, SchemaPolicy policy) {
        return new SchemaChanges(table, use, types, policy).next();
    }

    private List<String> next() {
        refuseReservedNames();
        refuseTypes();
        if (shape.schemaless()) {
            stopWhatOnlyASchemaTells();
        }
        if (!table.exists()) {
            return create();
        }
        var ownColumns =
                CDC_COLUMNS.keySet().stream().filter(name -> !table.has(name)).toList();
        if (!ownColumns.isEmpty()) {
            return ownColumns.stream()
                    .map(name -> alter("ADD COLUMN " + quote(name) + " " + CDC_COLUMNS.get(name)))
                    .toList();
        }
        if (shape.schemaless()) {
            checkKey();
            return List.of();
        }
        // All that could stop the table is looked at before anything is done: what is tried again and again must not
        // change it.
        var columns = old ? olderColumns() : columns();
        var changes = new ArrayList<String>();
        for (var column : shape.columns()) {
            if (table.has(column.name()) && !isPassedOver(column)) {
                changes.addAll(existing(column, table.columns().get(column.name())));
            }
        }
        if (!columns.isEmpty()) {
            return columns;
        }
        checkKey();
        return changes.isEmpty() || old ? changes : followed(changes);
    }

    private void stopWhatOnlyASchemaTells() {
        if (!table.exists()) {
            throw stop(
                    "its events carry no schema (value.converter.schemas.enable=false), so the types of its columns are"
                            + " not known; create it at the sink as it is at the source");
        }
        var unknown = shape.columns().stream()
                .map(ColumnShape::name)
                .filter(name -> !table.has(name))
                .toList();
        if (!unknown.isEmpty()) {
            throw stop(
                    "columns " + unknown + " are new, and events without a schema do not tell their types; add them at"
                            + " the sink as they are at the source");
        }
    }

    private List<String> create() {
        if (policy.missingTable() == MissingTable.EXPECT) {
            throw stop("the table does not exist at the sink, and sink.missing-tables=expect; create it");
        }
        var statements = new ArrayList<String>();
        if (!shape.table().schema().equals(TableId.DEFAULT_SCHEMA)) {
            statements.add("CREATE SCHEMA IF NOT EXISTS " + quote(shape.table().schema()));
        }
        // No foreign keys and no unique constraints but the key: events of several partitions come in any order.
        var parts = new ArrayList<String>();
        for (var column : shape.columns()) {
            if (!isPassedOver(column)) {
                parts.add(
                        quote(column.name()) + " " + types.sql(column.type()) + (column.nullable() ? "" : " NOT NULL"));
            }
        }
        CDC_COLUMNS.forEach((name, type) -> parts.add(quote(name) + " " + type));
        if (shape.hasKey()) {
            parts.add(shape.keyColumns().stream()
                    .map(column -> quote(column))
                    .collect(Collectors.joining(", ", "PRIMARY KEY (", ")")));
        }
        statements.add("CREATE TABLE " + shape.table().quoted() + " (" + String.join(", ", parts) + ")");
        return followed(statements);
    }

    private List<String> columns() {
        var addedAgain = shape.columns().stream()
                .filter(column ->
                        table.has(column.name()) && table.former().containsKey(column.name()) && !isPassedOver(column))
                .toList();
        if (!addedAgain.isEmpty()) {
            // Dropped at the source, kept here, and now another column of the same name: its old values are not the
            // source's.
            return addedAgain.stream()
                    .flatMap(column ->
                            List.of(alter("DROP COLUMN " + quote(column.name())), forget(column.name())).stream())
                    .toList();
        }
        var appeared = shape.columns().stream()
                .filter(column -> !table.has(column.name()) && !isPassedOver(column))
                .toList();
        var names = names();
        var vanished = table.dataColumns().stream()
                .filter(name -> !names.contains(name) && !table.former().containsKey(name))
                .toList();
        if (!vanished.isEmpty()) {
            return appeared.isEmpty() || policy.rename() == OnChange.KEEP
                    ? dropped(vanished)
                    : renamed(vanished, appeared);
        }
        if (appeared.isEmpty()) {
            return List.of();
        }
        var statements = new ArrayList<String>();
        for (var column : appeared) {
            if (table.former().containsKey(column.name())) {
                statements.add(forget(column.name()));
            }
            statements.add(alter("ADD COLUMN " + added(column)));
        }
        return followed(statements);
    }

    private List<String> dropped(List<String> vanished) {
        var statements = new ArrayList<String>();
        for (var name : vanished) {
            switch (policy.drop()) {
                case STOP_TABLE ->
                    throw stop("column " + quote(name) + " is gone at the source, and sink.on-drop=stop-table;"
                            + " drop it at the sink too, or keep it: " + remember(name, null));
                case KEEP -> {
                    if (table.columns().get(name).notNull()) {
                        statements.add(alter("ALTER COLUMN " + quote(name) + " DROP NOT NULL"));
                    }
                    statements.add(remember(name, null));
                }
                case APPLY -> {
                    if (table.key().contains(name)) {
                        throw stop("key column " + quote(name) + " is gone at the source" + KEY_WAY_OUT);
                    }
                    statements.add(alter("DROP COLUMN " + quote(name)));
                    statements.add(remember(name, null));
                }
            }
        }
        return followed(statements);
    }

    /** Old rows have the old column's values under the new name, and no event says so. Only one pair is no guess. */
    private List<String> renamed(List<String> vanished, List<ColumnShape> appeared) {
        if (policy.rename() == OnChange.APPLY && vanished.size() == 1 && appeared.size() == 1) {
            var from = vanished.get(0);
            var to = appeared.get(0);
            var change = SqlType.parse(table.columns().get(from).type()).to(SqlType.parse(types.sql(to.type())));
            if (change == Change.NONE) {
                return followed(List.of(
                        alter("RENAME COLUMN " + quote(from) + " TO " + quote(to.name())), remember(from, to.name())));
            }
        }
        throw stop("columns " + vanished + " are gone at the source and columns "
                + appeared.stream().map(ColumnShape::name).toList()
                + " are new: renamed, or dropped and added? Rename or drop at the sink what was renamed or dropped at the"
                + " source; or say with sink.on-rename=keep that they are different columns");
    }

    /** An older shape's values go to the column's new name, or nowhere if it is gone. */
    private List<String> olderColumns() {
        var unknown = shape.columns().stream()
                .filter(column -> !table.has(column.name())
                        && !table.former().containsKey(column.name())
                        && !isPassedOver(column))
                .toList();
        if (unknown.isEmpty()) {
            return List.of();
        }
        var names = names();
        var newer = table.dataColumns().stream()
                .filter(name -> !names.contains(name) && !table.former().containsKey(name))
                .toList();
        if (newer.isEmpty() || policy.rename() == OnChange.KEEP) {
            return unknown.stream().map(column -> remember(column.name(), null)).toList();
        }
        if (policy.rename() == OnChange.APPLY && newer.size() == 1 && unknown.size() == 1) {
            return List.of(remember(unknown.get(0).name(), newer.get(0)));
        }
        throw stop("events from before a change have columns "
                + unknown.stream().map(ColumnShape::name).toList() + ", which the sink no longer has, and lack " + newer
                + ": renamed, or dropped and added? Say which: "
                + remember(unknown.get(0).name(), newer.get(0)) + ", or NULL instead of the new name");
    }

    private List<String> existing(ColumnShape column, SinkColumn sink) {
        var statements = new ArrayList<String>();
        if (column.nullable() && sink.notNull() && !table.key().contains(column.name())) {
            statements.add(alter("ALTER COLUMN " + quote(column.name()) + " DROP NOT NULL"));
        }
        var wanted = types.sql(column.type());
        switch (SqlType.parse(sink.type()).to(SqlType.parse(wanted))) {
            case NONE -> {}
            case WIDENING -> {
                if (!old) {
                    statements.add(alter("ALTER COLUMN " + quote(column.name()) + " TYPE " + wanted));
                }
            }
            case NARROWING -> {
                if (!old && policy.narrowing() != OnChange.KEEP) {
                    statements.addAll(narrowed(column, sink, wanted));
                }
            }
            case OTHER -> {
                if (!old) {
                    statements.addAll(retyped(column, sink, wanted));
                }
            }
        }
        return statements;
    }

    private List<String> narrowed(ColumnShape column, SinkColumn sink, String wanted) {
        if (policy.narrowing() == OnChange.APPLY) {
            return List.of(change(column, wanted));
        }
        throw stop("the source's type of " + quote(column.name()) + " became narrower: " + wanted + " instead of "
                + sink.type() + ", and old values may have been cut there without an event; do the same at the sink, or"
                + " set sink.on-narrowing to keep or apply");
    }

    private List<String> retyped(ColumnShape column, SinkColumn sink, String wanted) {
        if (policy.narrowing() == OnChange.APPLY) {
            return List.of(change(column, wanted));
        }
        throw stop("the type of " + quote(column.name()) + " is " + wanted + " at the source and " + sink.type()
                + " at the sink, and neither holds all values of the other; change it at the sink as it was changed at the"
                + " source, or set sink.on-narrowing=apply");
    }

    private String change(ColumnShape column, String type) {
        return alter("ALTER COLUMN " + quote(column.name()) + " TYPE " + type + " USING " + quote(column.name()) + "::"
                + type);
    }

    private void checkKey() {
        var key = shape.keyColumns().stream()
                .map(column -> table.placeOf(column).orElse(column))
                .toList();
        if (!new HashSet<>(key).equals(new HashSet<>(table.key()))) {
            throw stop("the key is " + shape.keyColumns() + " at the source and " + table.key() + " at the sink"
                    + KEY_WAY_OUT);
        }
    }

    /** With the source's default, because that is what the source's old rows got, without an event. */
    private String added(ColumnShape column) {
        var sql = quote(column.name()) + " " + types.sql(column.type());
        // Without a default old rows are null at the source too, whatever the column allows now.
        return column.defaultText() == null
                ? sql
                : sql + " DEFAULT " + literal(column.defaultText()) + (column.nullable() ? "" : " NOT NULL");
    }

    private List<String> followed(List<String> statements) {
        var all = new ArrayList<>(statements);
        all.add(follows(use));
        return all;
    }

    /**
     * Says that the table follows this shape, so that events from before it are known to be older. Never goes back: another
     * lane may have come further since the table was looked at.
     */
    static String follows(ShapeUse use) {
        var table = use.shape().table();
        return "INSERT INTO " + SinkBookkeeping.TABLES.quoted()
                + " AS t (schema_name, table_name, schema_lsn) VALUES ("
                + literal(table.schema()) + ", " + literal(table.name()) + ", " + use.firstLsn()
                + ") ON CONFLICT (schema_name, table_name) DO UPDATE SET schema_lsn = excluded.schema_lsn"
                + " WHERE t.schema_lsn < excluded.schema_lsn";
    }

    private String remember(String column, String newName) {
        return "INSERT INTO " + SinkBookkeeping.FORMER_COLUMNS.quoted()
                + " (schema_name, table_name, column_name, new_name) VALUES ("
                + literal(shape.table().schema()) + ", " + literal(shape.table().name()) + ", " + literal(column) + ", "
                + (newName == null ? "NULL" : literal(newName)) + ")";
    }

    private String forget(String column) {
        return "DELETE FROM " + SinkBookkeeping.FORMER_COLUMNS.quoted() + " WHERE schema_name = "
                + literal(shape.table().schema()) + " AND table_name = "
                + literal(shape.table().name())
                + " AND column_name = " + literal(column);
    }

    private HashSet<String> names() {
        return shape.columns().stream().map(ColumnShape::name).collect(Collectors.toCollection(HashSet::new));
    }

    /** A column of a type that is refused, of which somebody has said that its values may go. */
    private boolean isPassedOver(ColumnShape column) {
        return column.type().refusal().isPresent() && table.former().containsKey(column.name());
    }

    private String alter(String change) {
        return "ALTER TABLE " + shape.table().quoted() + " " + change;
    }

    /** standard_conforming_strings is on, so a backslash is a backslash. */
    private static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    private TableStoppedException stop(String reason) {
        return new TableStoppedException(use, reason);
    }

    private void refuseTypes() {
        for (var column : shape.columns()) {
            if (column.type().refusal().isPresent() && !table.former().containsKey(column.name())) {
                throw stop("column " + quote(column.name()) + " of type " + column.type() + " cannot be carried: "
                        + column.type().refusal().get()
                        + ". Change its type, or leave it out with column.exclude.list; what waits goes on without it"
                        + " after: " + remember(column.name(), null));
            }
        }
    }

    private void refuseReservedNames() {
        for (var column : shape.columns()) {
            if (column.name().startsWith(SinkBookkeeping.COLUMN_PREFIX)) {
                throw stop("column " + quote(column.name()) + " begins with " + SinkBookkeeping.COLUMN_PREFIX
                        + ", which the sink keeps for itself; rename it at the source or leave it out with"
                        + " column.exclude.list");
            }
        }
    }
}
