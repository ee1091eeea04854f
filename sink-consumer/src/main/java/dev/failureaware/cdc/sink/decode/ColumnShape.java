package dev.failureaware.cdc.sink.decode;

/**
 * One column of an event schema.
 *
 * @param type the source's type
 * @param nullable whether the source allows null
 * @param defaultText the source's constant default in PostgreSQL's text form, or null where there is none
 * @param form how the connector wrote the values
 */
public record ColumnShape(String name, SourceType type, boolean nullable, String defaultText, TextForm form) {}
