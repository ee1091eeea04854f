package dev.failureaware.cdc.chaos;

import dev.failureaware.cdc.chaos.platform.CallFailedException;
import dev.failureaware.cdc.chaos.platform.Steps;
import java.util.ArrayList;
import java.util.List;

/**
 * Adds a column with a default while writes go on, then gives some old rows another value or none, inserts rows with it, and
 * leaves most old rows as they are. A schema change stays; there is nothing to undo.
 */
final class SchemaFault implements Fault {
    private static final int OLD_ROWS_CHANGED = 5;
    private static final int OLD_ROWS_NULLED = 3;

    private final SourceDatabase source;
    private final String wanted;
    private final String tag;
    private final Evidence evidence = new Evidence();

    /**
     * @param wanted name of the column; the next free one is taken when customers has it already
     * @param tag makes inserted rows unique
     */
    SchemaFault(SourceDatabase source, String wanted, String tag) {
        this.source = source;
        this.wanted = wanted;
        this.tag = tag;
    }

    static Steps steps(String wanted) {
        return Steps.of(
                "add the column %s (or the next free name) with a default to customers at the source".formatted(wanted),
                "give %d old customers another value and %d none, insert 3 customers"
                        .formatted(OLD_ROWS_CHANGED, OLD_ROWS_NULLED));
    }

    @Override
    public void inject() throws CallFailedException, InterruptedException {
        var column = source.freeColumn(wanted);
        if (!column.equals(wanted)) {
            evidence.fact("column_wanted", wanted + " (exists since an earlier run)");
        }
        evidence.fact("table", "customers");
        evidence.fact("column", column);
        source.addColumn(column);
        evidence.mustHold(source.columns().contains(column), "the catalog does not have the column");

        var changed = source.updateOldCustomers(column, "gold", 0, OLD_ROWS_CHANGED);
        var nulled = source.updateOldCustomers(column, null, OLD_ROWS_CHANGED, OLD_ROWS_NULLED);
        var inserted = insert(column);
        evidence.keys("old_rows_changed", changed);
        evidence.keys("old_rows_set_to_null", nulled);
        evidence.keys("rows_inserted", inserted);
        evidence.mustHold(!changed.isEmpty(), "there was no old row to change");
        evidence.mustHold(!inserted.isEmpty(), "no row was inserted");
    }

    private List<String> insert(String column) throws CallFailedException, InterruptedException {
        var inserted = new ArrayList<String>();
        inserted.add(source.insertCustomer(tag + "-1", column, "platinum"));
        inserted.add(source.insertCustomer(tag + "-2", column, null));
        inserted.add(source.insertCustomer(tag + "-3"));
        return inserted;
    }

    @Override
    public void close() {}

    @Override
    public Evidence evidence() {
        return evidence;
    }
}
