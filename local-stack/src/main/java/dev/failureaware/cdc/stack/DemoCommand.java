package dev.failureaware.cdc.stack;

import dev.failureaware.cdc.injector.client.ReportText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "demo",
        description =
                "Starts the stack, runs a scenario, reports, and stops. A stack that is up already is used and stays up.",
        footer = {
            "",
            "Exit codes: 0 every failure PASS; 1 another verdict; 2 bad input, nothing was started;",
            "3 the stack did not start; 130 interrupted, everything that was started is stopped."
        })
final class DemoCommand implements Callable<Integer> {
    private static final List<String> REPORT_FILES = List.of("report.json", "report.html", "junit.xml");

    @Option(names = "--scenario", defaultValue = "${env:SCENARIO}", description = "File to run; default scenario.json.")
    String scenario;

    @Option(names = "--report", defaultValue = "${env:REPORT}", description = "Folder for the report; default report.")
    String report;

    @Override
    public Integer call() throws IOException, InterruptedException {
        var layout = Layout.of(System.getenv());
        var file = given(scenario)
                ? Path.of(scenario).toAbsolutePath()
                : layout.home().resolve("scenario.json");
        var folder =
                given(report) ? Path.of(report).toAbsolutePath() : layout.home().resolve("report");
        BuildOutput.require(layout, SuperviseCommand.parts(List.of()));
        new ScenarioCheck(layout).require(file);
        prepare(folder);
        var control = new StackControl(layout);
        var mine = !control.isUp();
        System.out.println(mine ? "Starting the pipeline …" : "The stack is up already; it stays up afterwards.");
        control.start(List.of(), mine);
        try {
            return run(layout, file, folder);
        } finally {
            if (mine) {
                System.out.println("\nStopping …");
                control.stop();
            }
        }
    }

    private static boolean given(String value) {
        return value != null && !value.isBlank();
    }

    private Integer run(Layout layout, Path file, Path folder) throws IOException, InterruptedException {
        var endpoints = Endpoints.of(layout);
        System.out.printf("Watch it: %s/%n", endpoints.url(Part.VERIFIER));
        new FirstVerdict(endpoints).await();
        var injector = endpoints.injector();
        for (var name : REPORT_FILES) {
            Files.deleteIfExists(layout.report().resolve(name));
        }
        System.out.println();
        injector.run(Files.readString(file));
        var interrupted = new Thread(injector::abort, "abort");
        Runtime.getRuntime().addShutdownHook(interrupted);
        var verdict = injector.follow(System.out::println);
        Runtime.getRuntime().removeShutdownHook(interrupted);
        System.out.print(ReportText.of(injector.report()));
        for (var name : REPORT_FILES) {
            if (Files.exists(layout.report().resolve(name))) {
                Files.copy(layout.report().resolve(name), folder.resolve(name));
                System.out.println("  " + folder.resolve(name));
            }
        }
        return verdict.equals("PASS") ? ExitCode.OK.code() : ExitCode.VERDICT.code();
    }

    /** An old report must not be taken for this run's. */
    private static void prepare(Path folder) {
        try {
            Files.createDirectories(folder);
            for (var name : REPORT_FILES) {
                Files.deleteIfExists(folder.resolve(name));
            }
            Files.delete(Files.createFile(folder.resolve(".write-probe")));
        } catch (IOException e) {
            throw StackException.badInput("cannot write the report to %s: %s".formatted(folder, StateFolder.reason(e)));
        }
    }
}
