package dev.failureaware.cdc.verifier;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What is known of one table in the course of a verification. */
final class TableCheck {
    private final TablePair pair;
    private final List<Candidate> candidates = new ArrayList<>();
    private final Map<RowClass, Long> counted = new EnumMap<>(RowClass.class);
    private final Map<String, List<Difference>> examples = new TreeMap<>();
    private final int mostExamples;
    private long sourceRows;
    private long sinkRowsRead;
    private boolean complete;

    /** @param mostExamples most differing rows that are named */
    TableCheck(TablePair pair, int mostExamples) {
        this.pair = pair;
        this.mostExamples = mostExamples;
    }

    TablePair pair() {
        return pair;
    }

    void read(long sourceRows, long sinkRows) {
        this.sourceRows += sourceRows;
        this.sinkRowsRead += sinkRows;
    }

    void add(Candidate candidate) {
        candidates.add(candidate);
    }

    /** All that differs is among the candidates or counted. */
    void completed() {
        complete = true;
    }

    /** Read to its end; otherwise totals are lower bounds, and the numbers of rows are of no use. */
    boolean complete() {
        return complete;
    }

    List<Candidate> candidates() {
        return candidates;
    }

    /** Keeps of the settled candidates only how many rows they are about, so that there is room for others. */
    void forgetSettled() {
        different().forEach(candidate -> counted.merge(candidate.rowClass(), candidate.rows(), Long::sum));
        candidates.removeIf(Candidate::settled);
    }

    List<Candidate> unsettled() {
        return candidates.stream().filter(candidate -> !candidate.settled()).toList();
    }

    List<Candidate> different() {
        return candidates.stream().filter(Candidate::isDifferent).toList();
    }

    /** Rows of each class that there is. */
    Map<RowClass, Long> classes() {
        var classes = new EnumMap<RowClass, Long>(RowClass.class);
        classes.putAll(counted);
        different().forEach(candidate -> classes.merge(candidate.rowClass(), candidate.rows(), Long::sum));
        return classes;
    }

    /** Rows of all classes that are a case of the finding. */
    long rows(Look.Finding finding) {
        return classes().entrySet().stream()
                .filter(entry -> entry.getKey().family() == finding)
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    boolean anyUnsettled(Set<Look.Finding> findings) {
        return unsettled().stream().anyMatch(candidate -> findings.contains(candidate.finding()));
    }

    long sourceRows() {
        return sourceRows;
    }

    /**
     * Rows of the sink, with the events set off that were in flight between the reading of both sides: the source's rows
     * without the missing ones and with the orphans. Where not all is settled, as they were read.
     */
    long sinkRows() {
        return !complete || !unsettled().isEmpty()
                ? sinkRowsRead
                : sourceRows - rows(Look.Finding.MISSING) + rows(Look.Finding.ORPHAN);
    }

    /** Enough of each class, for it is not known yet of which classes there are more. */
    List<Candidate> wantedAsExamples() {
        var wanted = new ArrayList<Candidate>();
        for (var rowClass : RowClass.values()) {
            var known = examples.getOrDefault(rowClass.label(), List.of()).size();
            different().stream()
                    .filter(candidate -> candidate.rowClass() == rowClass)
                    .limit(mostExamples - known)
                    .forEach(wanted::add);
        }
        return wanted;
    }

    void example(Difference found) {
        examples.computeIfAbsent(found.kind(), absent -> new ArrayList<>()).add(found);
    }

    /** Each class has its turn, so that many of one do not hide the others. */
    List<Difference> examples() {
        var chosen = new ArrayList<Difference>();
        for (var turn = 0; turn < mostExamples; turn++) {
            for (var ofClass : examples.values()) {
                if (turn < ofClass.size() && chosen.size() < mostExamples) {
                    chosen.add(ofClass.get(turn));
                }
            }
        }
        return chosen;
    }
}
