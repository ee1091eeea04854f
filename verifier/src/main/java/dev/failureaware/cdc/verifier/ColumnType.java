package dev.failureaware.cdc.verifier;

/**
 * The type of a column, with domains resolved to what they are made of.
 *
 * @param modifier length or precision as the catalog keeps it; -1 for none
 * @param collation the column's collation as SQL names it; empty for the database's own or for a type without one
 */
record ColumnType(String schema, String name, int modifier, String collation) {
    static ColumnType builtIn(String name) {
        return new ColumnType("pg_catalog", name, -1, "");
    }

    boolean isBuiltIn() {
        return schema.equals("pg_catalog");
    }

    boolean isSameBaseAs(ColumnType other) {
        return schema.equals(other.schema) && name.equals(other.name);
    }
}
