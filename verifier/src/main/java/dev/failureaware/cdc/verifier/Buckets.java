package dev.failureaware.cdc.verifier;

/**
 * Some of the buckets that keys fall into by the low bits of their hash.
 *
 * @param bits how many bits tell buckets apart
 * @param chosen numbers of the buckets; null for all of them
 */
record Buckets(int bits, Long[] chosen) {
    /** Enough to narrow down differences, and few enough that grouping by them costs little more than not grouping. */
    static final Buckets FIRST = new Buckets(12, null);
    /** Most groups that a server is asked to form at once: about 10 MB of its memory. */
    private static final int MOST_GROUPS = 65_536;

    long mask() {
        return (1L << bits) - 1;
    }

    /** These buckets, cut into as many as a server may form at once; the same number of bits when that is too many. */
    int bitsOfParts() {
        var more = 63 - Long.numberOfLeadingZeros(MOST_GROUPS / Math.max(1, chosen.length));
        return Math.min(62, bits + Math.max(0, more));
    }
}
