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
        var wasUp = control.isUp();
        if (wasUp) {
            System.out.println("The stack is already up.");
        }
        control.start(only == null ? List.of() : List.of("--only", only), false);
        var endpoints = Endpoints.of(layout);
        var ownSink = OwnParts.of(System.getenv()).leftOut().contains(Part.SINK_CONSUMER);
        if (!wasUp && only == null && !ownSink) {
            new FirstVerdict(endpoints).await();
        }
        printWhatNext(endpoints);
        return ExitCode.OK.code();
    }

    private static void printWhatNext(Endpoints endpoints) {
        var servers = endpoints.json().path("servers");
        System.out.printf(
                """

                source    %s/%s        make source-shell
                sink      %s/%s        make sink-shell
                kafka     %s             make kafka-topics, make kafka-consume
                dashboard %s/        its token: %s

                Next: make watch, make status, make trigger-restart (lag, schema, duplicate, backfill), make down.
                Users and password files: make endpoints.
                """,
                servers.at("/source/address").asText(),
                Databases.NAME,
                servers.at("/sink/address").asText(),
                Databases.NAME,
                endpoints.kafka(),
                endpoints.url(Part.VERIFIER),
                endpoints.tokenFile());
    }
}
