package dev.failureaware.cdc.sink.decode;

/**
 * One column of an event schema.
 *
 * @param type the source's type in SQL, with its length or precision, for instance {@code numeric(10,2)}
 * @param nullable whether the source allows null
 * @param defaultText the source's constant default in PostgreSQL's text form, or null where there is none
 * @param form how the connector wrote the values
 */
public record ColumnShape(String name, String type, boolean nullable, String defaultText, ValueForm form) {}
