package dev.failureaware.cdc.chaos;

import java.io.PrintStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;

/** Says whether a scenario can be run, and what it would do. */
final class CheckCommand {
    private static final int OK = 0;
    private static final int REFUSED = 2;

    private CheckCommand() {}

    /** @return the exit code: 0 for a scenario that can be run, 2 for one that cannot and for anything else that is wrong */
    static int run(PrintStream out, PrintStream err, String... args) {
        if (args.length != 2 || !args[0].equals("check")) {
            err.println(JobCommand.USAGE);
            return REFUSED;
        }
        try {
            var reading = ScenarioReader.read(Path.of(args[1]));
            reading.warnings().forEach(warning -> err.println("warning: " + warning.message()));
            print(reading.scenario(), args[1], out);
            return OK;
        } catch (ScenarioException e) {
            e.problems().forEach(problem -> err.println(problem.message()));
            return REFUSED;
        } catch (InvalidPathException e) {
            err.println(args[1] + ": no file name: " + e.getReason());
            return REFUSED;
        }
    }

    private static void print(Scenario scenario, String file, PrintStream out) {
        var verification = scenario.verification();
        out.printf(
                "%s: %s, %d failures%n",
                file, scenario.name(), scenario.failures().size());
        var due = Duration.ZERO;
        for (var failure : scenario.failures()) {
            due = due.plus(failure.delay());
            out.printf(
                    "  t=%ds %s (%s)%n",
                    due.toSeconds(), failure.id(), failure.type().id());
        }
        out.printf(
                "  compared: %s, all rows and all columns (comparison_mode %s), tolerance %d s%n",
                String.join(", ", verification.tables()),
                verification.comparisonMode(),
                verification.tolerance().toSeconds());
    }
}
