package dev.failureaware.cdc.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InjectorCallsTest {
    private final List<String> heard = new ArrayList<>();
    private volatile List<String> said = List.of();
    private HttpServer injector;
    private InjectorCalls calls;

    @BeforeEach
    void start() throws Exception {
        injector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        injector.createContext("/", exchange -> {
            heard.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("Authorization"));
            var busy = exchange.getRequestURI().getPath().equals("/scenario/run");
            var body = (busy ? "{\"error\": \"running already\"}" : "{\"state\": \"idle\"}")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(busy ? 409 : 200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        injector.createContext("/events", exchange -> {
            var after = Integer.parseInt(exchange.getRequestURI().getQuery().replace("after=", ""));
            var body = IntStream.rangeClosed(after + 1, said.size())
                    .mapToObj(n -> "{\"n\": %d, \"text\": \"%s\"}".formatted(n, said.get(n - 1)))
                    .collect(Collectors.joining(",", "[", "]"))
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        injector.start();
        calls = calls("http://127.0.0.1:" + injector.getAddress().getPort() + "/");
    }

    @AfterEach
    void stop() {
        injector.stop(0);
    }

    private static InjectorCalls calls(String url) {
        return new InjectorCalls(Optional.ofNullable(url).map(URI::create), new ObjectMapper());
    }

    @Test
    void whatTheCallerMayDoIsPassedOnWithTheCallersOwnToken() throws Exception {
        var accepted = calls.act("/trigger/lag", "Bearer theirs");
        var refused = calls.act("/scenario/run", "Bearer theirs");

        assertThat(heard).containsExactly("POST /trigger/lag Bearer theirs", "POST /scenario/run Bearer theirs");
        assertThat(accepted.status()).isEqualTo(200);
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.body().path("error").asText()).isEqualTo("running already");
    }

    @Test
    void asksWithoutAnyToken() {
        assertThat(calls.ask("/scenario").orElseThrow().path("state").asText()).isEqualTo("idle");
        assertThat(heard).containsExactly("GET /scenario null");
    }

    @Test
    void eachEventIsTakenOnceAndAllOfAnInjectorThatWasStartedAgain() {
        var events = new InjectorEvents(calls);

        said = List.of("begins", "kills");
        assertThat(texts(events)).containsExactly("begins", "kills");
        assertThat(texts(events)).isEmpty();
        said = List.of("begins", "kills", "ends");
        assertThat(texts(events)).containsExactly("ends");
        said = List.of("starts again");
        assertThat(texts(events)).containsExactly("starts again");
        said = List.of("starts again", "heals");
        assertThat(texts(events)).containsExactly("heals");
    }

    private static List<String> texts(InjectorEvents events) {
        return events.fresh().stream().map(event -> event.path("text").asText()).toList();
    }

    @Test
    void whoDoesNotAnswerIsNotKnown() {
        injector.stop(0);

        assertThat(calls.ask("/scenario")).isEmpty();
        assertThat(calls(null).ask("/scenario")).isEmpty();
        assertThat(calls(null).known()).isFalse();
    }
}
