package dev.failureaware.cdc.benchmarks;

/** How long a run takes, roughly: from speeds seen on two cores that had nothing else to do. */
final class Estimate {
    private static final double CAPTURED_PER_SECOND = 10_000;
    private static final double JDBC_PER_SECOND = 8_000;
    private static final double OURS_PER_SECOND = 30_000;
    private static final double BOUND_PER_SECOND = 50_000;
    private static final double PRELOADED_PER_SECOND = 50_000;
    private static final int START_SECONDS = 12;

    private Estimate() {}

    static long minutes(Options options) {
        return Math.round(Math.max(
                1,
                options.parts().stream()
                                .mapToDouble(part -> seconds(part, options))
                                .sum()
                        / 60));
    }

    private static double seconds(Part part, Options options) {
        var captured = options.events() / CAPTURED_PER_SECOND + START_SECONDS;
        var drained = options.events() / OURS_PER_SECOND + START_SECONDS;
        return switch (part) {
            case WORKLOADS -> workloads(options, drained);
            case MEMORY -> 2 * captured + 2 * drained;
            case LATENCY -> 2.0 * (options.latencySeconds() + 3 * START_SECONDS);
            case PRELOADED ->
                captured + 2 * options.rounds() * drained + options.preloadedRows() / PRELOADED_PER_SECOND;
            case SCALING -> captured + 4 * options.rounds() * drained;
        };
    }

    private static double workloads(Options options, double ours) {
        var seconds = 0.0;
        for (var name : WorkloadsPart.names()) {
            if (!options.workloads().isEmpty() && !options.workloads().contains(name)) {
                continue;
            }
            var schemaFull = !name.endsWith(WorkloadsPart.SCHEMA_LESS);
            var peers = schemaFull
                    ? Summary.COLUMNS.stream()
                            .filter(sink -> sink.startsWith("jdbc") && options.takesPart(sink))
                            .count()
                    : 0;
            var round = peers * (options.events() / JDBC_PER_SECOND + 2 * START_SECONDS)
                    + (options.takesPart(OurSink.LABEL) ? ours : 0)
                    + (options.takesPart(Bound.LABEL) ? options.events() / BOUND_PER_SECOND : 0);
            seconds += options.rounds() * round
                    + (schemaFull ? options.events() / CAPTURED_PER_SECOND + START_SECONDS : 0);
        }
        return seconds;
    }
}
