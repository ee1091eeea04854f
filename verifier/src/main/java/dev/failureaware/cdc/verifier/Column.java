package dev.failureaware.cdc.verifier;

/**
 * A column as a catalog describes it.
 *
 * @param type as {@code format_type} writes it, with length and precision
 * @param age transactions since the catalog's row of this column was written, that is since the column was last altered;
 *     the largest number for a column that came with its table
 */
record Column(String name, String type, boolean notNull, int age, ColumnType base) {}
