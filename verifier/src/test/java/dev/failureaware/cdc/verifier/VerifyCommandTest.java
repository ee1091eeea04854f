package dev.failureaware.cdc.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VerifyCommandTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final List<String> asked = new ArrayList<>();
    private HttpServer server;
    private int status = 200;
    private String header;
    private String body = "PASS  2026-01-01T00:00:00Z  (took 5 ms)\n";

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            asked.add("%s %s %s %s"
                    .formatted(
                            exchange.getRequestMethod(),
                            exchange.getRequestURI(),
                            exchange.getRequestHeaders().getFirst("Accept"),
                            exchange.getRequestHeaders().getFirst("Authorization")));
            var bytes = body.getBytes(StandardCharsets.UTF_8);
            if (header != null) {
                exchange.getResponseHeaders().set("X-Verdict", header);
            }
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @ParameterizedTest
    @CsvSource({"PASS,0", "FAIL,1", "UNKNOWN,2", "SYNC_IN_PROGRESS,2", "nonsense,2"})
    void the_verdict_is_the_exit_code_and_the_report_is_printed(String verdict, int code) throws InterruptedException {
        body = verdict + "  2026-01-01T00:00:00Z  (took 5 ms)\ntable t\n";

        assertThat(verify("verify", "--timeout", "20s")).isEqualTo(code);

        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(body);
        assertThat(asked).containsExactly("POST /verify?timeout=20s text/plain Bearer secret");
    }

    @ParameterizedTest
    @CsvSource({"PASS,0", "FAIL,1", "UNKNOWN,2", ",2"})
    void in_other_forms_a_header_says_the_verdict(String verdict, int code) throws InterruptedException {
        body = "<testsuite/>";
        header = verdict;

        assertThat(verify("verify", "--format", "junit")).isEqualTo(code);

        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(body);
        assertThat(asked).containsExactly("POST /verify?timeout=60s&format=junit */* Bearer secret");
        assertThat(verify("verify", "--format", "pdf")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("text, json, html, junit");
    }

    @Test
    void a_report_that_is_empty_is_no_pass() throws InterruptedException {
        body = "";

        assertThat(verify("verify")).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"verify --timeout soon", "verify --timeout", "verify --fast yes", "verfiy", "verify --url :"})
    void bad_input_is_answered_with_the_usage(String line) throws InterruptedException {
        assertThat(verify(line.split(" "))).isEqualTo(2);

        assertThat(err.toString(StandardCharsets.UTF_8)).contains("usage: verify");
        assertThat(asked).isEmpty();
    }

    @Test
    void without_a_token_nobody_is_asked() throws InterruptedException {
        var code = new VerifyCommand(new PrintStream(out), new PrintStream(err), Map.of()).run("verify");

        assertThat(code).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("CDC_API_TOKEN");
    }

    @Test
    void a_refused_token_is_bad_input() throws InterruptedException {
        status = 401;

        assertThat(verify("verify")).isEqualTo(2);
    }

    @Test
    void nobody_there_is_said() throws InterruptedException {
        var nobody = "http://127.0.0.1:" + server.getAddress().getPort();
        server.stop(0);

        assertThat(verify("verify", "--url", nobody)).isEqualTo(3);

        assertThat(err.toString(StandardCharsets.UTF_8)).contains("does not answer at " + nobody);
    }

    private int verify(String... arguments) throws InterruptedException {
        var url = "http://127.0.0.1:" + server.getAddress().getPort() + "/";
        return new VerifyCommand(
                        new PrintStream(out),
                        new PrintStream(err),
                        Map.of("CDC_VERIFIER_URL", url, "CDC_API_TOKEN", "secret"))
                .run(arguments);
    }
}
