package dev.failureaware.cdc.stack;

import dev.failureaware.cdc.injector.client.Table;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What the sink-consumer has put aside, and its way back. Exit code 0 only when nothing is left. */
abstract class ParkedCommand implements Callable<Integer> {
    /** A replay tries one record after the other, and answers at its end. */
    private static final Duration PATIENCE = Duration.ofMinutes(30);

    @Option(names = "--table", description = "Only records of this table.")
    String table;

    Http.Answer call(String method, String path) {
        var endpoints = Endpoints.of(Layout.of(System.getenv()));
        var query =
                table == null || table.isBlank() ? "" : "?table=" + URLEncoder.encode(table, StandardCharsets.UTF_8);
        return ServiceCalls.withToken(
                Part.SINK_CONSUMER,
                method,
                endpoints.url(Part.SINK_CONSUMER) + path + query,
                endpoints.token(),
                PATIENCE);
    }

    private static Integer exitCode(long left) {
        return left == 0 ? ExitCode.OK.code() : ExitCode.VERDICT.code();
    }

    @Command(name = "parked", description = "Records that the sink-consumer could not apply.")
    static final class List extends ParkedCommand {
        @Override
        public Integer call() {
            var answer = call("GET", "/parked").json();
            var table = new Table("id", "topic", "partition", "offset", "kind", "key", "parked at", "reason");
            answer.path("records")
                    .forEach(record -> table.row(
                            record.path("id").asText(),
                            record.path("topic").asText(),
                            record.path("partition").asText(),
                            record.path("offset").asText(),
                            record.path("kind").asText(),
                            record.path("key").asText(),
                            record.path("parkedAt").asText(),
                            record.path("reason").asText()));
            System.out.print(table.text());
            var unresolved = answer.path("unresolved").asLong();
            System.out.println(unresolved + " unresolved records in all");
            return exitCode(unresolved);
        }
    }

    @Command(name = "replay", description = "Tries the parked records again.")
    static final class Replay extends ParkedCommand {
        @Override
        public Integer call() {
            var answer = call("POST", "/parked/replay").json();
            System.out.printf(
                    "%s replayed, %s superseded by newer rows, %s refused again, %s behind those; %s left%n",
                    answer.path("replayed").asText(),
                    answer.path("superseded").asText(),
                    answer.path("refused").asText(),
                    answer.path("behind").asText(),
                    answer.path("remaining").asText());
            return exitCode(answer.path("remaining").asLong());
        }
    }
}
