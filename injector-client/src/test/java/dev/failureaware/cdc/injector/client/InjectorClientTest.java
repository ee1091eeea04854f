package dev.failureaware.cdc.injector.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.failureaware.cdc.injector.client.InjectorException.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The client against an injector that answers as it is told, one answer a call. */
class InjectorClientTest {
    private final Deque<String> scenarios = new ArrayDeque<>();
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private int startStatus = 202;
    private String startBody = "{\"run\":\"r-1\"}";

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private synchronized void answer(HttpExchange exchange) throws IOException {
        var path = exchange.getRequestURI().toString();
        if (exchange.getRequestMethod().equals("POST")) {
            calls.add(path + " " + exchange.getRequestHeaders().getFirst("Authorization"));
            reply(exchange, startStatus, startBody);
        } else if (path.equals("/scenario")) {
            reply(exchange, 200, scenarios.size() > 1 ? scenarios.poll() : scenarios.peek());
        } else if (path.equals("/events?after=0")) {
            reply(
                    exchange,
                    200,
                    "[{\"n\":3,\"t_seconds\":1.5,\"failure\":null,\"phase\":\"heal\",\"text\":\"earlier\"}]");
        } else if (path.equals("/events?after=3")) {
            reply(
                    exchange,
                    200,
                    "[{\"n\":4,\"t_seconds\":2,\"failure\":\"lag-1\",\"phase\":\"inject\",\"text\":\"now\"}]");
        } else {
            reply(exchange, 200, "[]");
        }
    }

    private static void reply(HttpExchange exchange, int status, String body) throws IOException {
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Test
    void a_run_is_followed_to_its_verdict_and_only_its_own_events_are_told() throws InterruptedException {
        scenarios.add(scenario("running", "r-1", null));
        scenarios.add(scenario("finished", "r-1", "PASS"));
        var lines = new ArrayList<String>();
        var client = client(Duration.ZERO);

        client.run("{}");
        var verdict = client.follow(lines::add);

        assertThat(verdict).isEqualTo("PASS");
        assertThat(lines).containsExactly("    2.0 s  lag-1                inject    now");
        assertThat(calls).containsExactly("/scenario/run Bearer secret");
    }

    @Test
    void an_injector_that_waits_for_its_turn_is_waited_for() throws InterruptedException {
        scenarios.add(scenario("standby", null, null));
        scenarios.add(scenario("healing", null, null));
        scenarios.add(scenario("idle", null, null));

        client(Duration.ofSeconds(20)).trigger("lag");

        assertThat(scenarios).hasSize(1);
        assertThat(calls).containsExactly("/trigger/lag Bearer secret");
    }

    @Test
    void a_run_that_the_injector_forgot_is_lost() throws InterruptedException {
        scenarios.add(scenario("running", "r-1", null));
        scenarios.add(scenario("idle", null, null));
        var client = client(Duration.ZERO);
        client.run(null);

        assertThatExceptionOfType(InjectorException.class)
                .isThrownBy(() -> client.follow(line -> {}))
                .withMessageContaining("the run is lost")
                .matches(e -> e.kind() == Kind.NO_VERDICT && e.exitCode() == 1);
    }

    @Test
    void busy_refused_and_unreachable_are_told_apart() {
        scenarios.add(scenario("idle", null, null));
        startBody = "{\"error\":\"why\"}";

        startStatus = 409;
        assertThatExceptionOfType(InjectorException.class)
                .isThrownBy(() -> client(Duration.ZERO).run(null))
                .withMessage("the injector is busy: why")
                .matches(e -> e.exitCode() == 1);
        startStatus = 422;
        assertThatExceptionOfType(InjectorException.class)
                .isThrownBy(() -> client(Duration.ZERO).run(null))
                .withMessage("the injector refuses (HTTP 422): why")
                .matches(e -> e.exitCode() == 2);
        var client = client(Duration.ZERO);
        server.stop(0);
        assertThatExceptionOfType(InjectorException.class)
                .isThrownBy(() -> client.run(null))
                .withMessageContaining("does not answer at")
                .matches(e -> e.exitCode() == 3);
    }

    @Test
    void an_abort_stops_the_own_run_alone() throws InterruptedException {
        scenarios.add(scenario("running", "r-1", null));
        var client = client(Duration.ZERO);
        client.abort();
        client.run(null);
        client.abort();
        scenarios.clear();
        scenarios.add(scenario("running", "r-2", null));
        client.abort();

        assertThat(calls).containsExactly("/scenario/run Bearer secret", "/scenario/abort Bearer secret");
    }

    private InjectorClient client(Duration patience) {
        return new InjectorClient(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/"),
                "secret",
                patience,
                "see its log");
    }

    private static String scenario(String state, String run, String verdict) {
        return "{\"state\":\"%s\",\"run\":%s,\"verdict\":%s}".formatted(state, quoted(run), quoted(verdict));
    }

    private static String quoted(String text) {
        return text == null ? "null" : "\"" + text + "\"";
    }
}
