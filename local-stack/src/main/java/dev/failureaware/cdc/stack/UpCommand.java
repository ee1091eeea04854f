package dev.failureaware.cdc.stack;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "up", description = "Starts everything in the background and waits until it is ready.")
final class UpCommand implements Callable<Integer> {
    @Option(names = "--only", hidden = true)
    String only;

    @Override
    public Integer call() throws Exception {
        var layout = Layout.of(System.getenv());
        var control = new StackControl(layout);
        if (control.isUp()) {
            System.out.println("The stack is already up.");
        }
        control.start(only == null ? List.of() : List.of("--only", only), false);
        return ExitCode.OK.code();
    }
}
