package dev.failureaware.cdc.stack;

import java.io.IOException;
import java.nio.file.Path;

/** Lets the injector judge a scenario file before anything is started: the rules stand in one place. */
final class ScenarioCheck {
    private final Layout layout;

    ScenarioCheck(Layout layout) {
        this.layout = layout;
    }

    /** Passes the injector's message through; a refused file ends the command. */
    void require(Path scenario) throws IOException, InterruptedException {
        var check = new ProcessBuilder(
                        Jvm.program(),
                        "-Xmx96m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-jar",
                        layout.serviceJar(Part.CHAOS_INJECTOR).toString(),
                        "check",
                        scenario.toString())
                .redirectErrorStream(true)
                .start();
        check.getOutputStream().close();
        var output = new String(check.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        if (check.waitFor() != 0) {
            throw StackException.badInput("the scenario is refused; nothing was started.\n" + output.strip());
        }
    }
}
