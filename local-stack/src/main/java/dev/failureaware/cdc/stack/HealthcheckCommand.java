package dev.failureaware.cdc.stack;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
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
        var supervised = supervised(endpoints);
        for (var service : Part.services()) {
            if (supervised.contains(service.label())) {
                check(service.label(), () -> Http.answers(endpoints.url(service) + "/q/health/ready"));
            } else {
                System.out.printf("-     %s is left out%n", service.label());
            }
        }
        return healthy ? ExitCode.OK.code() : ExitCode.VERDICT.code();
    }

    private void check(String name, BooleanSupplier probe) {
        var passes = probe.getAsBoolean();
        healthy &= passes;
        System.out.printf("%-4s  %s%n", passes ? "ok" : "fail", name);
    }

    /** Everything where the supervisor does not answer, so that nothing is taken for left out. */
    private static Set<String> supervised(Endpoints endpoints) {
        var names = new HashSet<String>();
        try {
            Http.get(endpoints.supervisorUrl() + "/processes")
                    .json()
                    .forEach(process -> names.add(process.path("name").asText()));
        } catch (IOException e) {
            Part.services().forEach(service -> names.add(service.label()));
        }
        return names;
    }

    private static boolean connectorRuns(Endpoints endpoints) {
        try {
            return new Connector(endpoints.url(Part.CONNECT)).status().running();
        } catch (IOException e) {
            return false;
        }
    }
}
