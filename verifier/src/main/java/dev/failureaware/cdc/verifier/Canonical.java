package dev.failureaware.cdc.verifier;

import static dev.failureaware.cdc.model.Identifiers.quote;

import java.util.List;
import java.util.Set;

/**
 * How the values of one column are read, in the same way on both sides, so that what is the same value is read the same and
 * nothing else is.
 *
 * <p>{@code hash_record_extended} hashes each element by its type's equality, and that is not enough for most types: numeric
 * has no sign in its hash and one hash for NaN and the infinities, eight bytes of an integer or a timestamp are folded to four
 * (-1 hashes like 4294967295), -0 is 0, {@code interval '1 day'} is 24 hours, citext and some collations know no case. So
 * only types whose hash tells all values apart are hashed as they are; of others the bytes that their send function gives, or
 * the text.
 *
 * <p>Templates hold the column as {@code ?}.
 *
 * @param hashed elements of the hashed record
 * @param text tells values apart exactly as {@code hashed} does; also for people
 * @param hash a hash of 64 bits of the value alone, cheaper than that of a record; null where there is none
 * @param cast what the text is cast to so that an index finds the row; null when rows are only found by their text
 * @param exactCast equality after the cast is equality of the texts
 */
record Canonical(List<String> hashed, String text, String hash, String cast, boolean exactCast) {
    private static final String TEXT = "?::text COLLATE \"C\"";
    private static final Set<String> INTEGERS = Set.of("int2", "int4", "int8");
    private static final Set<String> TEXTS = Set.of("text", "varchar", "name");
    private static final Set<String> EIGHT_BYTES = Set.of("timestamp", "timestamptz", "time");
    private static final Set<String> HASHED_AS_THEY_ARE =
            Set.of("bool", "oid", "date", "bytea", "inet", "cidr", "macaddr", "macaddr8");

    static Canonical of(ColumnType source, ColumnType sink) {
        if (source.isBuiltIn() && sink.isBuiltIn()) {
            var known = source.name().equals(sink.name()) ? same(source, sink) : compatible(source.name(), sink.name());
            if (known != null) {
                return known;
            }
        }
        // Two spellings of what is equal are two values, so the index only serves types that both servers surely know
        // alike.
        var cast = source.isSameBaseAs(sink) && source.isBuiltIn()
                ? quote(source.schema()) + "." + quote(source.name())
                : null;
        return new Canonical(List.of(TEXT), "?::text", null, cast, false);
    }

    private static Canonical same(ColumnType source, ColumnType sink) {
        var name = source.name();
        if (HASHED_AS_THEY_ARE.contains(name)) {
            return new Canonical(List.of("?"), "?::text", null, name, true);
        }
        if (EIGHT_BYTES.contains(name)) {
            return new Canonical(List.of(name + "_send(?)"), "?::text", null, name, true);
        }
        if (TEXTS.contains(name)) {
            return texts();
        }
        return switch (name) {
            case "uuid" -> new Canonical(List.of("?"), "?::text", "uuid_hash_extended(?, 0)", "uuid", true);
            case "int2" -> new Canonical(List.of("?"), "?::text", "hashint2extended(?, 0)", "int2", true);
            case "int4" -> new Canonical(List.of("?"), "?::text", "hashint4extended(?, 0)", "int4", true);
            case "int8" -> new Canonical(List.of("int8send(?)"), "?::text", null, "int8", true);
            case "float4", "float8" ->
                new Canonical(List.of("?", "(? = 0 AND ?::text = '-0')"), "?::text", null, name, false);
            case "numeric" -> numeric(source.modifier(), sink.modifier());
            case "bpchar" -> {
                // Blanks at the end are padding where there is a length, and part of the value where there is none.
                var text = source.modifier() < 0 && sink.modifier() < 0 ? "textin(bpcharout(?))" : "?::text";
                yield new Canonical(List.of(text + " COLLATE \"C\""), text, null, "bpchar", false);
            }
            default -> null;
        };
    }

    private static Canonical numeric(int source, int sink) {
        if (source != sink) {
            // The scale belongs to the column then, and not to the value.
            return new Canonical(List.of("numeric_send(trim_scale(?))"), "trim_scale(?)::text", null, "numeric", false);
        }
        return source < 0
                ? new Canonical(List.of("numeric_send(?)"), "?::text", null, "numeric", false)
                : new Canonical(List.of("?", "(? < 0)"), "?::text", null, "numeric", false);
    }

    private static Canonical texts() {
        return new Canonical(List.of(TEXT), "?::text", "hashtextextended(" + TEXT + ", 0)", "text", false);
    }

    private static Canonical compatible(String source, String sink) {
        if (TEXTS.contains(source) && TEXTS.contains(sink)) {
            return texts();
        }
        if (INTEGERS.contains(source) && INTEGERS.contains(sink)) {
            return source.equals("int8") || sink.equals("int8")
                    ? new Canonical(List.of("int8send(?::int8)"), "?::text", null, "int8", true)
                    : new Canonical(List.of("?::int4"), "?::text", "hashint4extended(?::int4, 0)", "int4", true);
        }
        if (isExactNumber(source) && isExactNumber(sink)) {
            return new Canonical(
                    List.of("numeric_send(trim_scale(?::numeric))"),
                    "trim_scale(?::numeric)::text",
                    null,
                    "numeric",
                    false);
        }
        return null;
    }

    private static boolean isExactNumber(String type) {
        return type.equals("numeric") || INTEGERS.contains(type);
    }

    static String in(String template, String column) {
        return template.replace("?", column);
    }
}
