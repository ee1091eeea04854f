package dev.failureaware.cdc.benchmarks;

import java.util.Locale;

/** What can be chosen by PARTS. */
enum Part {
    WORKLOADS,
    MEMORY,
    LATENCY,
    PRELOADED,
    SCALING;

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
