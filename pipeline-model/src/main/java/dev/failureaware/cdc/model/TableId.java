package dev.failureaware.cdc.model;

/** A table as the source's catalog names it: no quotes, case as stored. */
public record TableId(String schema, String name) implements Comparable<TableId> {
    public static final String DEFAULT_SCHEMA = "public";

    public TableId {
        if (schema.isEmpty() || name.isEmpty()) {
            throw new IllegalArgumentException("a table needs a schema and a name, got '" + schema + "." + name + "'");
        }
    }

    /** Reads {@code name} or {@code schema.name}; without a schema it is {@value #DEFAULT_SCHEMA}. */
    public static TableId parse(String text) {
        var dot = text.indexOf('.');
        return dot < 0
                ? new TableId(DEFAULT_SCHEMA, text)
                : new TableId(text.substring(0, dot), text.substring(dot + 1));
    }

    /** Ready for SQL text, whatever characters the names hold. */
    public String quoted() {
        return Identifiers.quote(schema) + "." + Identifiers.quote(name);
    }

    /** The name people use: without the schema where that is {@value #DEFAULT_SCHEMA}. */
    public String label() {
        return schema.equals(DEFAULT_SCHEMA) ? name : toString();
    }

    @Override
    public int compareTo(TableId other) {
        var bySchema = schema.compareTo(other.schema);
        return bySchema != 0 ? bySchema : name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return schema + "." + name;
    }
}
