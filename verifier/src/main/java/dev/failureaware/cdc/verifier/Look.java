package dev.failureaware.cdc.verifier;

/**
 * What one look at a key found: the source before a fence, the sink once the fence was passed, the source again. If the
 * source's row did not change in between, the sink must have exactly that row: the fence proves that it is not behind, and it
 * cannot be ahead of a change that was never made.
 */
record Look(Seen before, Seen sink, Seen after) {
    /**
     * The rows of a key on one side.
     *
     * @param version hash that changes with every write of the row
     * @param fingerprint hash of the row
     */
    record Seen(long version, long fingerprint, long rows) {
        static final Seen NOTHING = new Seen(0, 0, 0);
    }

    /** What follows from a look. */
    enum Finding {
        EQUAL,
        /** The source's row was written during the look, which therefore says nothing. */
        CHANGING,
        MISSING,
        ORPHAN,
        MISMATCH;

        boolean isDifference() {
            return switch (this) {
                case EQUAL, CHANGING -> false;
                case MISSING, ORPHAN, MISMATCH -> true;
            };
        }
    }

    Finding finding() {
        if (!before.equals(after)) {
            return Finding.CHANGING;
        }
        if (after.rows > sink.rows) {
            return Finding.MISSING;
        }
        if (after.rows < sink.rows) {
            return Finding.ORPHAN;
        }
        return after.fingerprint == sink.fingerprint ? Finding.EQUAL : Finding.MISMATCH;
    }

    /** Whether this look, made after the earlier one, makes its difference final. */
    boolean confirms(Look earlier) {
        return switch (finding()) {
            case EQUAL, CHANGING -> false;
            case MISSING, MISMATCH -> earlier.finding() == finding();
            case ORPHAN -> earlier.finding() == Finding.ORPHAN && earlier.sink.equals(sink);
        };
    }

    /** How many rows the finding is about: more than one only in tables without a key, or with a doubled row. */
    long rows() {
        return Math.max(1, Math.abs(after.rows - sink.rows));
    }
}
