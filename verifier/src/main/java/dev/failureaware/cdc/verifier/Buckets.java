package dev.failureaware.cdc.verifier;

/**
 * Some of the buckets that keys fall into by the low bits of their hash.
 *
 * @param bits how many bits tell buckets apart
 * @param chosen numbers of the buckets; null for all of them
 */
record Buckets(int bits, Long[] chosen) {
    /** Most groups that a server is asked to form at once: about 10 MB of its memory. */
    private static final int MOST_GROUPS = 65_536;
    /** Buckets are so small that a difference narrows down what is read again, and few enough that grouping costs little. */
    private static final int ROWS_OF_A_BUCKET = 200;

    private static final int FEWEST_BITS = 6;
    private static final int MOST_BITS = 13;

    /** All buckets of a table of about so many rows. */
    static Buckets all(long rows) {
        var wanted = 63 - Long.numberOfLeadingZeros(Math.max(1, rows / ROWS_OF_A_BUCKET));
        return new Buckets(Math.max(FEWEST_BITS, Math.min(MOST_BITS, wanted)), null);
    }

    long mask() {
        return (1L << bits) - 1;
    }

    /** These buckets, cut into as many as a server may form at once; the same number of bits when that is too many. */
    int bitsOfParts() {
        var more = 63 - Long.numberOfLeadingZeros(MOST_GROUPS / Math.max(1, chosen.length));
        return Math.min(62, bits + Math.max(0, more));
    }
}
