package dev.failureaware.cdc.benchmarks;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code make bench-sink}. */
@Command(
        name = "bench-sink",
        mixinStandardHelpOptions = true,
        description = "Our sink beside Debezium's JDBC sink and plain SQL, on the same topics and the same PostgreSQL.",
        footer = {
            "",
            "Exit codes: 0 measured; 1 a sink's rows were not the source's in the end; 2 bad input, nothing was started;",
            "3 it could not be measured; 130 interrupted, everything that was started is stopped."
        })
final class BenchSink extends BenchCommand {
    @Option(names = "--events", defaultValue = "${env:EVENTS}", description = "Events of each workload; 500000.")
    String events;

    @Option(names = "--rounds", defaultValue = "${env:ROUNDS}", description = "Rounds of each workload; 3.")
    String rounds;

    @Option(names = "--partitions", defaultValue = "${env:PARTITIONS}", description = "Of the main topics; 1.")
    String partitions;

    @Option(
            names = "--parts",
            defaultValue = "${env:PARTS}",
            description = "Some of workloads,memory,latency,preloaded,scaling; all.")
    String parts;

    @Option(names = "--workloads", defaultValue = "${env:WORKLOADS}", description = "Some of the workloads; all.")
    String workloads;

    @Option(
            names = "--sinks",
            defaultValue = "${env:SINKS}",
            description = "Some of ours,jdbc_default,jdbc_tuned,jdbc_unnest,bound; all.")
    String sinks;

    @Option(names = "--seconds", defaultValue = "${env:SECONDS}", description = "Of each half of the part latency; 60.")
    String seconds;

    public static void main(String[] arguments) {
        new BenchSink().execute(arguments);
    }

    @Override
    public Integer call() throws Exception {
        var progress = new Progress(System.out, System.console() != null);
        var problems = new Benchmark(options(), System.getenv(), progress).run();
        problems.all()
                .forEach(problem ->
                        System.err.println("error: " + problem.get("where") + ": " + problem.get("message")));
        if (problems.anyWrongResult()) {
            return WRONG;
        }
        return problems.none() ? 0 : NOT_MEASURED;
    }

    private Options options() {
        return new Options(
                number("EVENTS", events, 500_000, Options.FEWEST_EVENTS, 20_000_000),
                number("ROUNDS", rounds, 3, 1, 99),
                number("PARTITIONS", partitions, 1, 1, 64),
                parts(),
                chosen("WORKLOADS", workloads, WorkloadsPart.names()),
                chosen("SINKS", sinks, Summary.COLUMNS),
                home(),
                reportFolder(),
                parentFolder(),
                firstPort(),
                number("SECONDS", seconds, 60, 5, 3600));
    }

    private Set<Part> parts() {
        var names = Arrays.stream(Part.values()).map(Part::label).toList();
        var chosen = chosen("PARTS", parts, names);
        return Arrays.stream(Part.values())
                .filter(part -> chosen.isEmpty() || chosen.contains(part.label()))
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Part.class)));
    }

    private static Set<String> chosen(String variable, String value, List<String> names) {
        if (!given(value)) {
            return Set.of();
        }
        var chosen =
                Arrays.stream(value.split("[, ]+")).filter(BenchCommand::given).collect(Collectors.toSet());
        chosen.forEach(name -> {
            if (!names.contains(name)) {
                throw new IllegalArgumentException(
                        "%s=%s: '%s' is none of %s".formatted(variable, value, name, String.join(", ", names)));
            }
        });
        return chosen;
    }
}
