package dev.failureaware.cdc.model;

/** PostgreSQL identifiers in SQL text. */
public final class Identifiers {
    private Identifiers() {}

    /** Always quoted, so that reserved words, upper case and odd characters keep their meaning. */
    public static String quote(String identifier) {
        if (identifier.isEmpty() || identifier.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("'" + identifier + "' cannot be an identifier");
        }
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }
}
