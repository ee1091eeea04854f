package dev.failureaware.cdc.benchmarks;

import dev.failureaware.cdc.stack.StackException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
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
final class BenchSink implements Callable<Integer> {
    private static final int WRONG = 1;
    private static final int BAD_INPUT = 2;
    private static final int NOT_MEASURED = 3;

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

    @Option(names = "--report", defaultValue = "${env:REPORT}", description = "Folder for bench-sink.json; report.")
    String report;

    @Option(
            names = "--folder",
            defaultValue = "${env:BENCH_DIR}",
            description = "Where the temporary folder is made; the system's.")
    String folder;

    @Option(names = "--port", defaultValue = "${env:BENCH_PORT}", description = "Ports are taken from here; 21000.")
    String port;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new BenchSink())
                .setExecutionExceptionHandler(BenchSink::explain)
                .execute(arguments));
    }

    static int explain(Exception problem, CommandLine line, CommandLine.ParseResult parsed) throws Exception {
        if (TestBed.isEnding()) {
            return NOT_MEASURED; // Interrupted: whatever fails now fails for that.
        }
        if (problem instanceof WrongResultException) {
            System.err.println("\nerror: " + problem.getMessage());
            return WRONG;
        }
        if (problem instanceof BenchmarkException) {
            System.err.println("\nerror: " + problem.getMessage());
            return NOT_MEASURED;
        }
        if (problem instanceof StackException known) {
            System.err.println("\nerror: " + known.getMessage());
            return known.exitCode().code();
        }
        if (problem instanceof IllegalArgumentException) {
            System.err.println("error: " + problem.getMessage());
            return BAD_INPUT;
        }
        throw problem;
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
        var home = home();
        return new Options(
                number("EVENTS", events, 500_000, Options.FEWEST_EVENTS, 20_000_000),
                number("ROUNDS", rounds, 3, 1, 99),
                number("PARTITIONS", partitions, 1, 1, 64),
                parts(),
                chosen("WORKLOADS", workloads, WorkloadsPart.names()),
                chosen("SINKS", sinks, Summary.COLUMNS),
                home,
                given(report) ? Path.of(report).toAbsolutePath() : home.resolve("report"),
                Path.of(given(folder) ? folder : System.getProperty("java.io.tmpdir"))
                        .toAbsolutePath(),
                number("BENCH_PORT", port, 21_000, 1024, 60_000),
                number("SECONDS", seconds, 60, 5, 3600));
    }

    static Path home() {
        var set = System.getenv("CDC_HOME");
        return Path.of(given(set) ? set : "").toAbsolutePath().normalize();
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
                Arrays.stream(value.split("[, ]+")).filter(BenchSink::given).collect(Collectors.toSet());
        chosen.forEach(name -> {
            if (!names.contains(name)) {
                throw new IllegalArgumentException(
                        "%s=%s: '%s' is none of %s".formatted(variable, value, name, String.join(", ", names)));
            }
        });
        return chosen;
    }

    static int number(String variable, String value, int usual, int least, int most) {
        if (!given(value)) {
            return usual;
        }
        try {
            var number = Integer.parseInt(value.strip());
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // refused below, like a number out of range
        }
        throw new IllegalArgumentException(
                "%s=%s is refused; allowed: a number from %d to %d".formatted(variable, value, least, most));
    }

    static boolean given(String value) {
        return value != null && !value.isBlank();
    }
}
