package dev.failureaware.cdc.stack;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import picocli.CommandLine.Command;

@Command(name = "healthcheck", description = "Asks every part of the running stack.")
final class HealthcheckCommand implements Callable<Integer> {
    private boolean healthy = true;

    @Override
    public Integer call() {
        var endpoints = Endpoints.of(Layout.of(System.getenv()));
        check("supervisor", () -> Http.answers(endpoints.supervisorUrl() + "/processes"));
        check(
                "source",
                () -> endpoints.database(Part.SOURCE, Databases.VERIFIER).answers(Databases.NAME));
        check("sink", () -> endpoints.database(Part.SINK, Databases.VERIFIER).answers(Databases.NAME));
        check("kafka", () -> KafkaBroker.answers(endpoints.kafka()));
        check("connect", () -> Http.answers(endpoints.url(Part.CONNECT) + "/connectors"));
        check("connector", () -> connectorRuns(endpoints));
        for (var service : Part.services()) {
            check(service.label(), () -> Http.answers(endpoints.url(service) + "/q/health/ready"));
        }
        return healthy ? ExitCode.OK.code() : ExitCode.VERDICT.code();
    }

    private void check(String name, BooleanSupplier probe) {
        var passes = probe.getAsBoolean();
        healthy &= passes;
        System.out.printf("%-4s  %s%n", passes ? "ok" : "fail", name);
    }

    private static boolean connectorRuns(Endpoints endpoints) {
        try {
            return new Connector(endpoints.url(Part.CONNECT)).status().running();
        } catch (IOException e) {
            return false;
        }
    }
}
