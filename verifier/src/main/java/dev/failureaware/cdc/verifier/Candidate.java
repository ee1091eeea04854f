package dev.failureaware.cdc.verifier;

import java.util.List;

/**
 * A key whose rows differed when the digests were split, and what looking again has found since.
 *
 * <p>A difference is final when two looks in a row find the same one; for an orphan the sink's row must also not have been
 * written between them. Then it is from before the second look began, when the source did not have it any more, so the fence of
 * that look came after its delete. (A key that comes and goes can otherwise look like an orphan any number of times.) For the
 * other differences one look would do, but for a commit that is on its way to the sink an instant before the source shows it to
 * other sessions.
 */
final class Candidate {
    private final List<String> key;
    private Look last;
    private boolean settled;
    private RowClass proven;

    Candidate(List<String> key) {
        this.key = key;
    }

    List<String> key() {
        return key;
    }

    void seen(Look look) {
        settled = look.finding() == Look.Finding.EQUAL || last != null && look.confirms(last);
        last = look;
        proven = null;
    }

    boolean settled() {
        return settled;
    }

    boolean isDifferent() {
        return settled && finding().isDifference();
    }

    Look.Finding finding() {
        return last == null ? Look.Finding.CHANGING : last.finding();
    }

    Look last() {
        return last;
    }

    /** Of a difference; the general class until more was proven. */
    RowClass rowClass() {
        return proven == null ? RowClass.of(last) : proven;
    }

    void prove(RowClass more) {
        proven = more;
    }

    long rows() {
        return last == null ? 1 : last.rows();
    }
}
