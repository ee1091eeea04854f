package dev.failureaware.cdc.benchmarks;

import dev.failureaware.cdc.stack.StackException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** What the benchmarks' commands have in common: where they work, and how they end. */
abstract class BenchCommand implements Callable<Integer> {
    static final int WRONG = 1;
    static final int BAD_INPUT = 2;
    static final int NOT_MEASURED = 3;

    @Option(names = "--report", defaultValue = "${env:REPORT}", description = "Folder for the report's JSON; report.")
    String report;

    @Option(
            names = "--folder",
            defaultValue = "${env:BENCH_DIR}",
            description = "Where the temporary folder is made; the system's.")
    String folder;

    @Option(names = "--port", defaultValue = "${env:BENCH_PORT}", description = "Ports are taken from here; 21000.")
    String port;

    /** Ends the process. */
    final void execute(String[] arguments) {
        System.exit(new CommandLine(this)
                .setExecutionExceptionHandler(BenchCommand::explain)
                .execute(arguments));
    }

    private static int explain(Exception problem, CommandLine line, CommandLine.ParseResult parsed) throws Exception {
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

    final Path home() {
        var set = System.getenv("CDC_HOME");
        return Path.of(given(set) ? set : "").toAbsolutePath().normalize();
    }

    final Path reportFolder() {
        return given(report) ? Path.of(report).toAbsolutePath() : home().resolve("report");
    }

    final Path parentFolder() {
        return Path.of(given(folder) ? folder : System.getProperty("java.io.tmpdir"))
                .toAbsolutePath();
    }

    final int firstPort() {
        return number("BENCH_PORT", port, 21_000, 1024, 60_000);
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
