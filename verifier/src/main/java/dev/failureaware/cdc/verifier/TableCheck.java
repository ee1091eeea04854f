package dev.failureaware.cdc.verifier;

import java.util.List;
import java.util.Set;

/** What is known of one table in the course of a verification. */
final class TableCheck {
    private final TablePair pair;
    private final long sourceRows;
    private final long sinkRowsRead;
    private final List<Candidate> candidates;
    private final boolean moreThanLookedAt;
    private List<Difference> examples = List.of();

    TableCheck(
            TablePair pair, long sourceRows, long sinkRowsRead, List<Candidate> candidates, boolean moreThanLookedAt) {
        this.pair = pair;
        this.sourceRows = sourceRows;
        this.sinkRowsRead = sinkRowsRead;
        this.candidates = candidates;
        this.moreThanLookedAt = moreThanLookedAt;
    }

    TablePair pair() {
        return pair;
    }

    int candidates() {
        return candidates.size();
    }

    List<Candidate> unsettled() {
        return candidates.stream().filter(candidate -> !candidate.settled()).toList();
    }

    List<Candidate> different() {
        return candidates.stream().filter(Candidate::isDifferent).toList();
    }

    long rows(Look.Finding finding) {
        return different().stream()
                .filter(candidate -> candidate.finding() == finding)
                .mapToLong(Candidate::rows)
                .sum();
    }

    boolean anyUnsettled(Set<Look.Finding> findings) {
        return moreThanLookedAt || unsettled().stream().anyMatch(candidate -> findings.contains(candidate.finding()));
    }

    /** More rows differ than were looked at again, so totals are lower bounds. */
    boolean moreThanLookedAt() {
        return moreThanLookedAt;
    }

    long sourceRows() {
        return sourceRows;
    }

    /**
     * Rows of the sink, with the events set off that were in flight between the reading of both sides: the source's rows
     * without the missing ones and with the orphans. Where not all is settled, as they were read.
     */
    long sinkRows() {
        return moreThanLookedAt || !unsettled().isEmpty()
                ? sinkRowsRead
                : sourceRows - rows(Look.Finding.MISSING) + rows(Look.Finding.ORPHAN);
    }

    void examples(List<Difference> found) {
        examples = found;
    }

    List<Difference> examples() {
        return examples;
    }
}
