package dev.failureaware.cdc.stack;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Stops one part and leaves it stopped, so that a person can run it in another way; and ends that. */
abstract class HoldCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Parameters(paramLabel = "NAME", arity = "0..1", description = "A part, for instance sink-consumer.")
    String name;

    abstract String action();

    @Override
    public Integer call() {
        if (name == null || Part.of(name).isEmpty()) {
            throw StackException.badInput("which part? NAME=%s"
                    .formatted(String.join(
                            ", ",
                            java.util.Arrays.stream(Part.values())
                                    .map(Part::label)
                                    .toList())));
        }
        var endpoints = Endpoints.of(Layout.of(System.getenv()));
        try {
            var answer = Http.post(
                    endpoints.supervisorUrl() + "/processes/" + name + "/" + action(),
                    endpoints.token(),
                    null,
                    PATIENCE);
            if (!answer.ok()) {
                throw new StackException(ExitCode.VERDICT, ServiceCalls.error(answer));
            }
            System.out.println(name + ": " + answer.json().path("state").asText());
            return ExitCode.OK.code();
        } catch (IOException e) {
            throw new StackException(ExitCode.NOT_STARTED, "the supervisor does not answer", e);
        }
    }

    @Command(name = "stop", description = "Stops one part and leaves it stopped, until start.")
    static final class Stop extends HoldCommand {
        @Override
        String action() {
            return "stop";
        }
    }

    @Command(name = "start", description = "Starts a part that was stopped.")
    static final class Start extends HoldCommand {
        @Override
        String action() {
            return "start";
        }
    }
}
