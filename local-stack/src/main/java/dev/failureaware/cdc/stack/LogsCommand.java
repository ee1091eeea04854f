package dev.failureaware.cdc.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "logs", description = "The end of the logs, of all parts or of one.")
final class LogsCommand implements Callable<Integer> {
    private static final long POLL_MILLIS = 300;

    @Parameters(arity = "0..1", paramLabel = "NAME", description = "A part's name, or supervisor.")
    String name;

    @Option(
            names = {"-f", "--follow"},
            description = "Goes on until Ctrl-C.")
    boolean follow;

    @Option(
            names = {"-n", "--lines"},
            description = "Lines of each log to begin with (${DEFAULT-VALUE}).")
    int lines = 20;

    @Override
    public Integer call() throws IOException, InterruptedException {
        var logs = logs(Layout.of(System.getenv()));
        for (var log : logs) {
            System.out.println("==> " + log + " <==");
            LogTail.lines(log, lines).forEach(System.out::println);
        }
        if (!follow) {
            return ExitCode.OK.code();
        }
        var followers = logs.stream().map(ProgressFollower::atEnd).toList();
        while (true) {
            for (var follower : followers) {
                follower.show();
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    private List<Path> logs(Layout layout) throws IOException {
        if (!Files.isDirectory(layout.logs())) {
            throw StackException.notStarted("no logs yet: the stack was never started");
        }
        try (var files = Files.list(layout.logs())) {
            var logs = files.filter(file -> file.toString().endsWith(".log"))
                    .sorted()
                    .toList();
            if (name == null) {
                return logs;
            }
            var chosen =
                    logs.stream().filter(log -> log.equals(layout.log(name))).toList();
            if (chosen.isEmpty()) {
                throw StackException.badInput("no log of " + name + "; there are: "
                        + String.join(", ", logs.stream().map(LogsCommand::part).toList()));
            }
            return chosen;
        }
    }

    private static String part(Path log) {
        return log.getFileName().toString().replace(".log", "");
    }
}
