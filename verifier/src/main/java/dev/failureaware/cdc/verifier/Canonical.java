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
 * <p>Templates hold the column as {@code ?}, and a seed of 64 bits as {@code $}.
 *
 * @param hashed elements of the hashed record
 * @param text tells values apart exactly as {@code hashed} does; also for people
 * @param hash a hash of 64 bits that tells values apart as {@code hashed} does, cheaper than that of a record, of null null or 0;
 *     null where there is none
 * @param cast what the text is cast to so that an index finds the row; null when rows are only found by their text
 * @param exactCast equality after the cast is equality of the texts
 */
record Canonical(List<String> hashed, String text, String hash, String cast, boolean exactCast) {
    private static final String TEXT = "?::text COLLATE \"C\"";
    private static final Set<String> INTEGERS = Set.of("int2", "int4", "int8");
    private static final Set<String> TEXTS = Set.of("text", "varchar", "name");
    private static final String HASH_OF_TEXT = "hashtextextended(" + TEXT + ", $)";
    /** Folds the value to 32 bits, so the seed has it in full; far from the seeds of other columns, for values are small. */
    private static final String HASH_OF_INT8 = "hashint8extended(?::int8, ?::int8 # ($ # (-7046029254386353131)))";
    /** NaN yields the seed itself and zero its neighbour, so that is hashed again, and the sign with it. */
    private static final String HASH_OF_NUMERIC = "hashint4extended((? < 0)::int4, hash_numeric_extended(?, $))";

    private static final String HASH_OF_FLOAT =
            "hashint4extended((? = 0 AND ?::text = '-0')::int4, hashfloat8extended(?::float8, $))";
    /**
     * A time stamp is eight bytes of which its hash folds one half onto the other; the higher half alone is the stamp cut to
     * multiples of 2^32 microseconds, as long as it is not negative. {@code %1$s} is its type, {@code %2$s} the stamp as one
     * without time zone, the only type whose hash function has a name in all versions.
     */
    private static final String HASH_OF_STAMP = """
            CASE WHEN ? >= %1$s '2000-01-01 00:00+00' THEN timestamp_hash_extended(%2$s, timestamp_hash_extended(\
            date_bin('4294.967296 s', %2$s, timestamp '2000-01-01 00:00'), $)) \
            ELSE hash_record_extended(ROW(%1$s_send(?)), $) END""";

    private static final String HASH_OF_DATE =
            "CASE WHEN isfinite(?) THEN hashint4extended(? - date '2000-01-01', $) ELSE hash_record_extended(ROW(?), $) END";
    private static final Set<String> HASHED_AS_THEY_ARE = Set.of("bytea", "inet", "cidr", "macaddr", "macaddr8");

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
        if (TEXTS.contains(name)) {
            return texts();
        }
        return switch (name) {
            case "bool" -> plain("hashint4extended(?::int4, $)", name);
            case "oid" -> plain("hashoidextended(?, $)", name);
            case "uuid" -> plain("uuid_hash_extended(?, $)", name);
            case "int2" -> plain("hashint2extended(?, $)", name);
            case "int4" -> plain("hashint4extended(?, $)", name);
            case "date" -> plain(HASH_OF_DATE, name);
            case "int8" -> new Canonical(List.of("int8send(?)"), "?::text", HASH_OF_INT8, name, true);
            case "time" -> new Canonical(List.of("time_send(?)"), "?::text", null, name, true);
            case "timestamp" -> stamp(name, "?");
            case "timestamptz" -> stamp(name, "timezone(interval '0', ?)");
            case "float4", "float8" ->
                new Canonical(List.of("?", "(? = 0 AND ?::text = '-0')"), "?::text", HASH_OF_FLOAT, name, false);
            case "numeric" -> numeric(source.modifier(), sink.modifier());
            case "bpchar" -> {
                // Blanks at the end are padding where there is a length, and part of the value where there is none.
                var text = source.modifier() < 0 && sink.modifier() < 0 ? "textin(bpcharout(?))" : "?::text";
                yield new Canonical(List.of(text + " COLLATE \"C\""), text, null, "bpchar", false);
            }
            default -> null;
        };
    }

    private static Canonical plain(String hash, String name) {
        return new Canonical(List.of("?"), "?::text", hash, name, true);
    }

    private static Canonical stamp(String name, String withoutZone) {
        return new Canonical(
                List.of(name + "_send(?)"), "?::text", HASH_OF_STAMP.formatted(name, withoutZone), name, true);
    }

    private static Canonical numeric(int source, int sink) {
        if (source != sink) {
            // The scale belongs to the column then, and not to the value.
            return new Canonical(List.of("numeric_send(trim_scale(?))"), "trim_scale(?)::text", null, "numeric", false);
        }
        return source < 0
                ? new Canonical(List.of("numeric_send(?)"), "?::text", null, "numeric", false)
                : new Canonical(List.of("?", "(? < 0)"), "?::text", HASH_OF_NUMERIC, "numeric", false);
    }

    private static Canonical texts() {
        return new Canonical(List.of(TEXT), "?::text", HASH_OF_TEXT, "text", false);
    }

    private static Canonical compatible(String source, String sink) {
        if (TEXTS.contains(source) && TEXTS.contains(sink)) {
            return texts();
        }
        if (INTEGERS.contains(source) && INTEGERS.contains(sink)) {
            return source.equals("int8") || sink.equals("int8")
                    ? new Canonical(List.of("int8send(?::int8)"), "?::text", HASH_OF_INT8, "int8", true)
                    : new Canonical(List.of("?::int4"), "?::text", "hashint4extended(?::int4, $)", "int4", true);
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

    static String in(String template, String column, String seed) {
        var sql = new StringBuilder();
        for (var symbol : template.toCharArray()) {
            switch (symbol) {
                case '?' -> sql.append(column);
                case '$' -> sql.append(seed);
                default -> sql.append(symbol);
            }
        }
        return sql.toString();
    }
}
