package dev.failureaware.cdc.stack;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "clean", description = "Stops everything; removes data, logs, secrets and the report.")
final class CleanCommand implements Callable<Integer> {
    @Option(names = "--report", defaultValue = "${env:REPORT}")
    String report;

    @Override
    public Integer call() throws Exception {
        var layout = Layout.of(System.getenv());
        new StackControl(layout).stop();
        Folders.delete(layout.state());
        var folder = report == null || report.isBlank()
                ? layout.home().resolve("report")
                : Path.of(report).toAbsolutePath();
        removeReport(folder);
        System.out.println("Removed " + layout.state() + " and the report in " + folder + ".");
        return ExitCode.OK.code();
    }

    /** Only what a demo writes: the folder may be somebody's own. */
    private static void removeReport(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        for (var name : List.of("report.json", "report.html", "junit.xml")) {
            Files.deleteIfExists(folder.resolve(name));
        }
        try {
            Files.delete(folder);
        } catch (DirectoryNotEmptyException e) {
            return;
        }
    }
}
