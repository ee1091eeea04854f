package dev.failureaware.cdc.stack;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "reset", description = "Stops everything, wipes the data, starts again.")
final class ResetCommand implements Callable<Integer> {
    @Override
    public Integer call() throws Exception {
        var layout = Layout.of(System.getenv());
        new StackControl(layout).stop();
        // The unpacked binaries and the passwords stay.
        Folders.delete(layout.data());
        return new UpCommand().call();
    }
}
