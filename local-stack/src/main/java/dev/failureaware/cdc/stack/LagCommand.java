package dev.failureaware.cdc.stack;

import dev.failureaware.cdc.injector.client.Table;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "lag", description = "Events in Kafka that the sink has not applied yet.")
final class LagCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        var url = Endpoints.of(Layout.of(System.getenv())).url(Part.VERIFIER) + "/lag";
        var lag = ServiceCalls.get(Part.VERIFIER, url, "application/json").json();
        var table = new Table("topic", "partition", "applied", "end", "events behind");
        lag.path("partitions")
                .forEach(partition -> table.row(
                        partition.path("topic").asText(),
                        partition.path("partition").asText(),
                        partition.path("applied").asText(),
                        partition.path("end").asText(),
                        partition.path("events").asText()));
        System.out.print(table.text());
        System.out.println(lag.path("events").asText() + " events behind in all, "
                + lag.path("timestamp").asText());
        return ExitCode.OK.code();
    }
}
