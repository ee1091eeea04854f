package dev.failureaware.cdc.benchmarks;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
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
final class BenchVerifier implements Callable<Integer> {
    @Option(names = "--rows", defaultValue = "${env:ROWS}", description = "Of each table; 5000000.")
    String rows;

    @Option(names = "--rounds", defaultValue = "${env:ROUNDS}", description = "Rounds of each measurement; 3.")
    String rounds;

    @Option(names = "--report", defaultValue = "${env:REPORT}", description = "Folder for bench-verifier.json; report.")
    String report;

    @Option(
            names = "--folder",
            defaultValue = "${env:BENCH_DIR}",
            description = "Where the temporary folder is made; the system's.")
    String folder;

    @Option(names = "--port", defaultValue = "${env:BENCH_PORT}", description = "Ports are taken from here; 21000.")
    String port;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new BenchVerifier())
                .setExecutionExceptionHandler(BenchSink::explain)
                .execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        var home = BenchSink.home();
        var options = new VerifierBenchmark.Options(
                BenchSink.number("ROWS", rows, 5_000_000, 10_000, 100_000_000),
                BenchSink.number("ROUNDS", rounds, 3, 1, 99),
                home,
                BenchSink.given(report) ? Path.of(report).toAbsolutePath() : home.resolve("report"),
                Path.of(BenchSink.given(folder) ? folder : System.getProperty("java.io.tmpdir"))
                        .toAbsolutePath(),
                BenchSink.number("BENCH_PORT", port, 21_000, 1024, 60_000));
        new VerifierBenchmark(options, new Progress(System.out, System.console() != null)).run();
        return 0;
    }
}
