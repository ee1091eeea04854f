package dev.failureaware.cdc.verifier;

import dev.failureaware.cdc.model.Verdict;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;

/** Command of the verifier's image, for jobs and tests of a release: asks the running verifier for one verification. */
final class VerifyCommand {
    static final String USAGE = """
            usage: verify [--url URL] [--timeout 60s] [--format text]
              --url URL, or CDC_VERIFIER_URL   where the verifier is, by default http://127.0.0.1:8089
              --timeout                        how long the sink may take to apply what is committed now
              --format                         text, json, html or junit
              CDC_API_TOKEN                    its token
            exit codes: 0 PASS; 1 FAIL; 2 UNKNOWN, SYNC_IN_PROGRESS or bad input; 3 the verifier does not answer
            without arguments the service starts""";

    private static final int BAD_INPUT = 2;
    private static final int UNREACHABLE = 3;
    /** Beyond the limit, which is that of the wait for a turn as well: to name rows that differ. */
    private static final Duration EVIDENCE = Duration.ofSeconds(20);

    private final PrintStream out;
    private final PrintStream err;
    private final Map<String, String> environment;

    VerifyCommand(PrintStream out, PrintStream err, Map<String, String> environment) {
        this.out = out;
        this.err = err;
        this.environment = environment;
    }

    /** @return the exit code */
    int run(String... arguments) throws InterruptedException {
        var url = environment.getOrDefault("CDC_VERIFIER_URL", "");
        var timeout = "60s";
        var format = "text";
        if (arguments.length % 2 == 0 || !arguments[0].equals("verify")) {
            return refused("there is no such command");
        }
        for (var at = 1; at < arguments.length; at += 2) {
            switch (arguments[at]) {
                case "--url" -> url = arguments[at + 1];
                case "--timeout" -> timeout = arguments[at + 1];
                case "--format" -> format = arguments[at + 1];
                default -> {
                    return refused("there is no option " + arguments[at]);
                }
            }
        }
        var token = environment.getOrDefault("CDC_API_TOKEN", "");
        if (token.isBlank()) {
            return refused("CDC_API_TOKEN is not set");
        }
        try {
            var base = (url.isBlank() ? "http://127.0.0.1:8089" : url).replaceAll("/+$", "");
            var limit = Timeouts.parse(timeout);
            var form = ReportForm.named(format);
            var wanted = form == ReportForm.TEXT ? "" : "&format=" + format;
            return verify(
                    URI.create(base + "/verify?timeout=" + timeout + wanted),
                    form == ReportForm.TEXT ? "text/plain" : "*/*",
                    limit.multipliedBy(2).plus(EVIDENCE),
                    token);
        } catch (IllegalArgumentException e) {
            return refused(e.getMessage());
        }
    }

    private int verify(URI uri, String accepted, Duration limit, String token) throws InterruptedException {
        var request = HttpRequest.newBuilder(uri)
                .timeout(limit)
                .header("Accept", accepted)
                .header("Authorization", "Bearer " + token)
                .POST(BodyPublishers.noBody())
                .build();
        HttpResponse<String> answer;
        try {
            answer = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(5))
                    .build()
                    .send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            err.println("the verifier does not answer at %s: %s".formatted(uri, e));
            return UNREACHABLE;
        }
        if (answer.statusCode() / 100 == 5) {
            err.println("the verifier answers HTTP %d: %s".formatted(answer.statusCode(), answer.body()));
            return UNREACHABLE;
        }
        if (answer.statusCode() != 200) {
            err.println("the verifier refuses (HTTP %d): %s".formatted(answer.statusCode(), answer.body()));
            return BAD_INPUT;
        }
        out.print(answer.body());
        return exitCode(answer.headers().firstValue(VerifierResource.VERDICT).orElse(answer.body()));
    }

    /** The header says it, and a text begins with it; what does neither is none. */
    private static int exitCode(String verdict) {
        var first = verdict.split("\\s", 2)[0];
        for (var known : Verdict.values()) {
            if (known.name().equals(first)) {
                return switch (known) {
                    case PASS -> 0;
                    case FAIL -> 1;
                    case UNKNOWN, SYNC_IN_PROGRESS -> 2;
                };
            }
        }
        return BAD_INPUT;
    }

    private int refused(String why) {
        err.println(why);
        err.println(USAGE);
        return BAD_INPUT;
    }
}
