package dev.failureaware.cdc.verifier;

/**
 * A column as a catalog describes it.
 *
 * @param type as {@code format_type} writes it, with length and precision
 * @param age transactions since the catalog's row of this column was written, that is since the column was last altered
 */
record Column(String name, String type, boolean notNull, int age) {
    /** The same column, whenever it was asked for: ages grow with every transaction. */
    boolean sameAs(Column other) {
        return name.equals(other.name) && type.equals(other.type) && notNull == other.notNull;
    }
}
