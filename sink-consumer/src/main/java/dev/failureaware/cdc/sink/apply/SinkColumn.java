package dev.failureaware.cdc.sink.apply;

/**
 * A column as the sink's catalog has it.
 *
 * @param type as PostgreSQL writes it, with length or precision
 * @param castType the same without. Values are cast to that, never to the full type: an explicit cast to {@code varchar(3)}
 *     cuts silently, an assignment refuses
 */
record SinkColumn(String type, String castType, boolean notNull) {}
