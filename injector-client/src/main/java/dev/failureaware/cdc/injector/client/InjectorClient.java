package dev.failureaware.cdc.injector.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.failureaware.cdc.injector.client.InjectorException.Kind;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.function.Consumer;

/** One run of the injector, asked for over HTTP and followed until it is over. */
public final class InjectorClient {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration QUICK = Duration.ofSeconds(5);
    /** A start looks at the platform first. */
    private static final Duration START = Duration.ofSeconds(60);
    /** A killed injector is started again and heals; longer than that it does not come back. */
    private static final Duration AWAY_AT_MOST = Duration.ofSeconds(60);

    private static final Set<String> OVER = Set.of("finished", "aborted");
    private static final Set<String> SOON = Set.of("standby", "healing");

    private final String url;
    private final String token;
    private final Duration patience;
    private final String advice;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();

    private String run;
    private long lastEvent;

    /**
     * @param patience how long an injector that does not answer yet, or waits for its turn, is waited for before a start
     * @param advice where a person finds out more, for messages
     */
    public InjectorClient(URI url, String token, Duration patience, String advice) {
        this.url = url.toString().replaceAll("/+$", "");
        this.token = token;
        this.patience = patience;
        this.advice = advice;
    }

    private record Answer(int status, String body) {
        boolean ok() {
            return status / 100 == 2;
        }

        JsonNode json() throws IOException {
            return JSON.readTree(body.isBlank() ? "null" : body);
        }

        String error() {
            try {
                return json().path("error").asText(body);
            } catch (IOException e) {
                return body;
            }
        }
    }

    /** @param scenario its text; null for the one that the injector is configured with */
    public void run(String scenario) throws InterruptedException {
        start("/scenario/run", scenario);
    }

    public void trigger(String type) throws InterruptedException {
        start("/trigger/" + type, null);
    }

    public JsonNode planRun(String scenario) throws InterruptedException {
        return plan("/scenario/run", scenario);
    }

    public JsonNode planTrigger(String type) throws InterruptedException {
        return plan("/trigger/" + type, null);
    }

    private void start(String path, String body) throws InterruptedException {
        awaitTurn();
        try {
            lastEvent = newEvents(earlier -> {});
        } catch (IOException e) {
            throw unreachable(e);
        }
        // An abort that comes meanwhile waits for the answer, so that it knows what to abort.
        synchronized (this) {
            run = accepted(path, body).path("run").asText();
        }
    }

    private JsonNode plan(String path, String body) throws InterruptedException {
        awaitTurn();
        return accepted(path + "?dry-run=true", body);
    }

    private JsonNode accepted(String path, String body) throws InterruptedException {
        try {
            var answer = post(path, body, START);
            if (answer.status() == 409) {
                throw new InjectorException(Kind.NO_VERDICT, "the injector is busy: " + answer.error());
            }
            if (!answer.ok()) {
                throw new InjectorException(
                        Kind.REFUSED, "the injector refuses (HTTP %d): %s".formatted(answer.status(), answer.error()));
            }
            return answer.json();
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    /** A job may be applied while the injector's pod starts, or while one pod takes over from another. */
    private void awaitTurn() throws InterruptedException {
        var deadline = Instant.now().plus(patience);
        while (Instant.now().isBefore(deadline)) {
            try {
                var answer = get("/scenario");
                if (answer.ok() && !SOON.contains(answer.json().path("state").asText())) {
                    return;
                }
            } catch (IOException e) {
                // Not yet.
            }
            Thread.sleep(POLL.toMillis());
        }
    }

    /**
     * Hands on events as they come, until the run is over.
     *
     * @return the verdict
     * @throws InjectorException when the injector forgot the run, because it was started again in the middle of it
     */
    public String follow(Consumer<String> lines) throws InterruptedException {
        var answered = Instant.now();
        while (true) {
            try {
                // First the state, then the events: so none is missed when the run has ended in between.
                var scenario = required(get("/scenario")).json();
                if (!run.equals(scenario.path("run").asText())) {
                    throw new InjectorException(
                            Kind.NO_VERDICT,
                            "the run is lost: chaos-injector was started again in the middle of it. It has undone what"
                                    + " was broken, or is about to; " + advice);
                }
                lastEvent = newEvents(lines);
                answered = Instant.now();
                if (OVER.contains(scenario.path("state").asText())) {
                    return scenario.path("verdict").asText("UNKNOWN");
                }
            } catch (IOException e) {
                if (Duration.between(answered, Instant.now()).compareTo(AWAY_AT_MOST) > 0) {
                    throw new InjectorException(
                            Kind.NO_VERDICT,
                            "chaos-injector has not answered for %d s; %s".formatted(AWAY_AT_MOST.toSeconds(), advice));
                }
            }
            Thread.sleep(POLL.toMillis());
        }
    }

    private long newEvents(Consumer<String> lines) throws IOException, InterruptedException {
        var last = lastEvent;
        for (var event : required(get("/events?after=" + last)).json()) {
            last = Math.max(last, event.path("n").asLong());
            lines.accept(EventLine.of(event));
        }
        return last;
    }

    /** Asks the injector to lift what this run has broken; quiet when there is no such run or it cannot be asked any more. */
    public synchronized void abort() {
        try {
            if (run != null && run.equals(get("/scenario").json().path("run").asText())) {
                post("/scenario/abort", null, Duration.ofSeconds(10));
            }
        } catch (IOException e) {
            // The journal remains: the next injector heals.
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    public JsonNode report() throws InterruptedException {
        try {
            return JSON.readTree(report("json"));
        } catch (IOException e) {
            throw new InjectorException(Kind.NO_VERDICT, "the report is no JSON: " + e.getMessage(), e);
        }
    }

    /** @param format json, html or junit */
    public String report(String format) throws InterruptedException {
        try {
            var answer = get("/report?format=" + format);
            if (!answer.ok()) {
                throw new InjectorException(
                        answer.status() == 400 ? Kind.REFUSED : Kind.NO_VERDICT,
                        "chaos-injector answers HTTP %d: %s".formatted(answer.status(), answer.error()));
            }
            return answer.body();
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    private InjectorException unreachable(IOException cause) {
        return new InjectorException(
                Kind.UNREACHABLE, "chaos-injector does not answer at %s; %s".formatted(url, advice), cause);
    }

    /** An answer that is none of ours comes from something in between. */
    private static Answer required(Answer answer) throws IOException {
        if (!answer.ok()) {
            throw new IOException("HTTP " + answer.status());
        }
        return answer;
    }

    private Answer get(String path) throws IOException, InterruptedException {
        return send(request(path, QUICK).GET());
    }

    private Answer post(String path, String body, Duration limit) throws IOException, InterruptedException {
        var publisher = body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body);
        return send(request(path, limit)
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .POST(publisher));
    }

    private HttpRequest.Builder request(String path, Duration limit) {
        return HttpRequest.newBuilder(URI.create(url + path)).timeout(limit).header("Accept", "*/*");
    }

    private Answer send(HttpRequest.Builder request) throws IOException, InterruptedException {
        var response = http.send(request.build(), BodyHandlers.ofString());
        return new Answer(response.statusCode(), response.body());
    }
}
