package dev.failureaware.cdc.sink.apply;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A type with its modifiers, whichever of its names it was written with.
 *
 * @param modifiers length, or precision and scale; empty where there is none
 */
record SqlType(String name, List<Integer> modifiers, boolean array) {
    /** What a change of type means for the values. */
    enum Change {
        NONE,
        /** Every value of the old type is one of the new type. */
        WIDENING,
        /** Every value of the new type is one of the old type; old values may have been cut at the source. */
        NARROWING,
        OTHER
    }

    private static final Map<String, String> ALIASES = Map.ofEntries(
            Map.entry("smallint", "int2"),
            Map.entry("integer", "int4"),
            Map.entry("bigint", "int8"),
            Map.entry("real", "float4"),
            Map.entry("double precision", "float8"),
            Map.entry("boolean", "bool"),
            Map.entry("character varying", "varchar"),
            Map.entry("character", "bpchar"),
            Map.entry("bit varying", "varbit"),
            Map.entry("time without time zone", "time"),
            Map.entry("time with time zone", "timetz"),
            Map.entry("timestamp without time zone", "timestamp"),
            Map.entry("timestamp with time zone", "timestamptz"));

    private static final Pattern FORM =
            Pattern.compile("(.*?)(?:\\((-?\\d+)(?:,(-?\\d+))?\\))?( with(?:out)? time zone)?(\\[])?");
    private static final List<String> INTEGERS = List.of("int2", "int4", "int8");
    private static final List<String> WITH_FRACTION = List.of("time", "timetz", "timestamp", "timestamptz", "interval");
    private static final int MICROSECONDS = 6;

    static SqlType parse(String sql) {
        var match = FORM.matcher(sql);
        if (!match.matches()) {
            return new SqlType(sql, List.of(), false);
        }
        var written = match.group(1) + (match.group(4) == null ? "" : match.group(4));
        var modifiers = new ArrayList<Integer>();
        if (match.group(2) != null) {
            modifiers.add(Integer.valueOf(match.group(2)));
        }
        if (match.group(3) != null) {
            modifiers.add(Integer.valueOf(match.group(3)));
        }
        var name = ALIASES.getOrDefault(written.toLowerCase(Locale.ROOT), written);
        if (name.equals("numeric") && modifiers.size() == 1) {
            modifiers.add(0);
        }
        return new SqlType(name, List.copyOf(modifiers), match.group(5) != null);
    }

    Change to(SqlType target) {
        if (equals(target)) {
            return Change.NONE;
        }
        if (array != target.array) {
            return Change.OTHER;
        }
        if (target.holds(this)) {
            return Change.WIDENING;
        }
        return holds(target) ? Change.NARROWING : Change.OTHER;
    }

    private boolean holds(SqlType other) {
        if (name.equals(other.name)) {
            return holdsModifiers(other);
        }
        if (INTEGERS.contains(other.name)) {
            return INTEGERS.indexOf(name) > INTEGERS.indexOf(other.name)
                    || name.equals("numeric") && modifiers.isEmpty();
        }
        return switch (other.name) {
            case "float4" -> name.equals("float8");
            case "varchar" -> name.equals("text") || name.equals("varchar") && holdsModifiers(other);
            case "json" -> name.equals("text");
            default -> false;
        };
    }

    private boolean holdsModifiers(SqlType other) {
        if (modifiers.isEmpty()) {
            return true;
        }
        if (WITH_FRACTION.contains(name)) {
            return modifiers.get(0) >= (other.modifiers.isEmpty() ? MICROSECONDS : other.modifiers.get(0));
        }
        if (other.modifiers.isEmpty()) {
            return false;
        }
        if (name.equals("numeric")) {
            return modifiers.get(1) >= other.modifiers.get(1)
                    && modifiers.get(0) - modifiers.get(1) >= other.modifiers.get(0) - other.modifiers.get(1);
        }
        // bit(n) and char(n): other lengths mean other values.
        return name.equals("varchar") || name.equals("varbit") ? modifiers.get(0) >= other.modifiers.get(0) : false;
    }
}
