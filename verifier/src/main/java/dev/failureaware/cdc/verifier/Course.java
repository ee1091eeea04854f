package dev.failureaware.cdc.verifier;

import java.util.List;

/** What came before a report, each oldest first; any may be empty. */
record Course(List<History.Entry> verdicts, List<Fault> faults, List<Sample> samples) {
    static final Course NONE = new Course(List.of(), List.of(), List.of());
}
