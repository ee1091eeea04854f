package dev.failureaware.cdc.verifier;

import java.util.List;

/**
 * A key whose rows differed when the digests were split, and what looking again has found since.
 *
 * <p>A difference is final when two looks in a row find the same one. One look would do but for two races: a row inserted
 * and deleted again between the two reads of the source looks like an orphan; and a commit can be on its way to the sink an
 * instant before the source shows it to other sessions.
 */
final class Candidate {
    private final List<String> key;
    private Look.Finding last = Look.Finding.CHANGING;
    private long rows = 1;
    private boolean settled;

    Candidate(List<String> key) {
        this.key = key;
    }

    List<String> key() {
        return key;
    }

    void seen(Look look) {
        var finding = look.finding();
        settled = finding == Look.Finding.EQUAL || finding.isDifference() && finding == last;
        last = finding;
        rows = look.rows();
    }

    boolean settled() {
        return settled;
    }

    boolean isDifferent() {
        return settled && last.isDifference();
    }

    Look.Finding finding() {
        return last;
    }

    long rows() {
        return rows;
    }
}
