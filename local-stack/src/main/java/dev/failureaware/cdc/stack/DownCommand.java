package dev.failureaware.cdc.stack;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "down", description = "Stops everything in order; harmless when nothing runs.")
final class DownCommand implements Callable<Integer> {
    @Override
    public Integer call() throws Exception {
        var stopped = new StackControl(Layout.of(System.getenv())).stop();
        System.out.println(stopped ? "Stopped." : "Nothing was running.");
        return ExitCode.OK.code();
    }
}
