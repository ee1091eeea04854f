package dev.failureaware.cdc.benchmarks;

import java.nio.file.Path;
import java.util.Set;

/**
 * What to measure and how much of it.
 *
 * @param events change events of each workload; the other parts take their size from it too
 * @param partitions of the topics of the main workloads
 * @param workloads names of workloads; empty for all
 * @param sinks labels of those that take part; empty for all
 * @param home the clone, built
 * @param report folder for {@code bench-sink.json}
 * @param folder where the run makes its temporary folder
 * @param firstPort ports are taken from here upwards
 * @param latencySeconds how long the latency part goes on, each of its two halves
 */
record Options(
        int events,
        int rounds,
        int partitions,
        Set<Part> parts,
        Set<String> workloads,
        Set<String> sinks,
        Path home,
        Path report,
        Path folder,
        int firstPort,
        int latencySeconds) {
    static final int FEWEST_EVENTS = 1000;

    boolean takesPart(String sink) {
        return sinks.isEmpty() || sinks.contains(sink);
    }

    /** A backlog for the memory part. */
    int memoryEvents() {
        return 2 * events;
    }

    /** Rows that are there before the drains of the part {@code preloaded}. */
    long preloadedRows() {
        return 10L * events;
    }
}
