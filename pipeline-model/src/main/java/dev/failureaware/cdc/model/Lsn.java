package dev.failureaware.cdc.model;

/** A position in PostgreSQL's write-ahead log: bytes since the log began, compared as an unsigned number. */
public record Lsn(long value) implements Comparable<Lsn> {

    /** Reads PostgreSQL's text form, for instance {@code 16/B374D848}. */
    public static Lsn parse(String text) {
        var slash = text.indexOf('/');
        if (slash < 1) {
            throw new IllegalArgumentException("'" + text + "' is no lsn; expected two hexadecimal numbers, X/X");
        }
        return new Lsn(
                Long.parseLong(text.substring(0, slash), 16) << 32 | Long.parseLong(text.substring(slash + 1), 16));
    }

    @Override
    public int compareTo(Lsn other) {
        return Long.compareUnsigned(value, other.value);
    }

    @Override
    public String toString() {
        return "%X/%X".formatted(value >>> 32, value & 0xFFFF_FFFFL);
    }
}
