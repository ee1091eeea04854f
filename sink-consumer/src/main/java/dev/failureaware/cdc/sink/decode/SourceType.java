package dev.failureaware.cdc.sink.decode;

import java.util.Optional;
import java.util.Set;

/**
 * A column's type as the source's catalog names it.
 *
 * @param name without schema, in lower case as far as Debezium tells, for instance {@code numeric}; of an array, its element's
 * @param modifier length, precision or scale with its brackets, for instance {@code (10,2)}, or empty
 * @param array whether the column holds arrays of it
 * @param fallback the type of PostgreSQL that holds the same text, where the sink does not know the name
 * @param refusal why ordinary values of the type do not arrive as they were, or empty where they do
 */
public record SourceType(String name, String modifier, boolean array, String fallback, Optional<String> refusal) {

    /** Names that stand for themselves in every PostgreSQL, so that the catalog need not be asked. */
    private static final Set<String> BUILT_IN = Set.of(
            "int2",
            "int4",
            "int8",
            "numeric",
            "float4",
            "float8",
            "bool",
            "bpchar",
            "varchar",
            "text",
            "bytea",
            "uuid",
            "date",
            "time",
            "timetz",
            "timestamp",
            "timestamptz",
            "interval",
            "json",
            "jsonb",
            "xml",
            "inet",
            "cidr",
            "macaddr",
            "macaddr8",
            "int4range",
            "int8range",
            "numrange",
            "tsrange",
            "tstzrange",
            "daterange",
            "bit",
            "varbit",
            "money",
            "point",
            "line",
            "lseg",
            "box",
            "path",
            "polygon",
            "circle",
            "tsvector",
            "oid",
            "name");

    /** A type with nothing to say but its name, as it stands in every PostgreSQL. */
    public static SourceType of(String sql) {
        var bracket = sql.indexOf('(');
        var name = bracket < 0 ? sql : sql.substring(0, bracket);
        return new SourceType(name, sql.substring(name.length()), false, "text", Optional.empty());
    }

    public boolean builtIn() {
        return BUILT_IN.contains(name);
    }

    /** For DDL; of a type that is not built in, only right where its name can be found without a schema. */
    public String sql() {
        return (name.equals("char") ? "\"char\"" : name) + modifier + (array ? "[]" : "");
    }

    @Override
    public String toString() {
        return sql();
    }
}
