package dev.failureaware.cdc.benchmarks;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code make bench-verifier}. */
@Command(
        name = "bench-verifier",
        mixinStandardHelpOptions = true,
        description = "Our verifier beside the plainest digests in SQL, on the same two tables in two servers.",
        footer = {
            "",
            "Exit codes: 0 measured; 1 the verifier did not find what differs; 2 bad input, nothing was started;",
            "3 it could not be measured; 130 interrupted, everything that was started is stopped."
        })
final class BenchVerifier extends BenchCommand {
    @Option(names = "--rows", defaultValue = "${env:ROWS}", description = "Of each table; 5000000.")
    String rows;

    @Option(names = "--rounds", defaultValue = "${env:ROUNDS}", description = "Rounds of each measurement; 3.")
    String rounds;

    public static void main(String[] arguments) {
        new BenchVerifier().execute(arguments);
    }

    @Override
    public Integer call() throws Exception {
        var options = new VerifierBenchmark.Options(
                number("ROWS", rows, 5_000_000, 10_000, 100_000_000),
                number("ROUNDS", rounds, 3, 1, 99),
                home(),
                reportFolder(),
                parentFolder(),
                firstPort());
        new VerifierBenchmark(options, new Progress(System.out, System.console() != null)).run();
        return 0;
    }
}
