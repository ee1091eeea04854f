package dev.failureaware.cdc.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an injector says, from its first word to its last, and what is kept of it. */
class InjectorWatchTest {
    private static final Instant NOW = Instant.parse("2026-11-22T15:10:00Z");
    private static final String UNDER_WAY = """
            {"state": "running", "run": "r-1", "failures": [],
             "under_way": {"id": "l", "type": "lag", "injected_at": "2026-11-22T15:00:00Z", "reverted_at": null}}""";
    private static final String LIFTED = UNDER_WAY.replace("null", "\"2026-11-22T15:00:20Z\"");
    private static final String OVER = """
            {"state": "finished", "run": "r-1", "under_way": null, "failures": [
             {"id": "l", "type": "lag", "verdict": "PASS", "injected_at": "2026-11-22T15:00:00Z",
              "reverted_at": "2026-11-22T15:00:20Z", "recovered_at": "2026-11-22T15:00:25Z"},
             {"id": "never", "type": "restart", "verdict": "INCONCLUSIVE", "injected_at": null}]}""";
    private static final String NEXT_LIFE = """
            {"state": "%s", "run": null, "under_way": null, "failures": []}""";

    private final ObjectMapper json = new ObjectMapper().registerModule(new JavaTimeModule());

    @TempDir
    Path folder;

    private HttpServer injector;
    private volatile String said;

    @BeforeEach
    void start() throws Exception {
        injector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        injector.createContext("/scenario", exchange -> {
            var body = said.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(body.length == 0 ? 503 : 200, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        injector.start();
    }

    @AfterEach
    void stop() {
        injector.stop(0);
    }

    @Test
    void aFaultIsFollowedFromItsBeginningToItsOutcome() {
        var faults = faults();

        hear(faults, UNDER_WAY);
        var open = faults.all();
        hear(faults, LIFTED);
        var lifted = faults.all();
        hear(faults, OVER);
        var over = faults.all();

        assertThat(open).singleElement().satisfies(fault -> {
            assertThat(fault.type()).isEqualTo("lag");
            assertThat(fault.injectedAt()).isEqualTo("2026-11-22T15:00:00Z");
            assertThat(fault.liftedAt()).isNull();
            assertThat(fault.outcome()).isNull();
        });
        assertThat(lifted)
                .singleElement()
                .satisfies(fault -> assertThat(fault.liftedAt()).isEqualTo("2026-11-22T15:00:20Z"));
        assertThat(over)
                .as("what was never injected is no fault")
                .singleElement()
                .satisfies(fault -> {
                    assertThat(fault.consistentAt()).isEqualTo("2026-11-22T15:00:25Z");
                    assertThat(fault.outcome()).isEqualTo("PASS");
                });
        assertThat(faults().all()).as("after a restart of the verifier").isEqualTo(over);
    }

    @Test
    void aFaultOfAnInjectorThatDiedIsOpenUntilTheNextOneHasHealedIt() {
        var faults = faults();
        hear(faults, UNDER_WAY);

        hear(faults, NEXT_LIFE.formatted("healing"));
        var healing = faults.all();
        hear(faults, NEXT_LIFE.formatted("idle"));

        assertThat(healing)
                .singleElement()
                .satisfies(fault -> assertThat(fault.liftedAt()).isNull());
        assertThat(faults.all()).singleElement().satisfies(fault -> {
            assertThat(fault.liftedAt()).isEqualTo(NOW);
            assertThat(fault.outcome()).isEqualTo("UNKNOWN");
        });
    }

    @Test
    void aFaultWhoseEndWasNotHeardIsOverWhenAnotherRunGoesOn() {
        var faults = faults();
        hear(faults, UNDER_WAY);

        hear(faults, UNDER_WAY.replace("r-1", "r-2"));

        assertThat(faults.all()).extracting(Fault::run).containsExactly("r-1", "r-2");
        assertThat(faults.all()).extracting(Fault::outcome).containsExactly("UNKNOWN", null);
    }

    @Test
    void anInjectorThatDoesNotAnswerOrTalksNonsenseChangesNothing() {
        var faults = faults();
        hear(faults, UNDER_WAY);

        hear(faults, "");
        hear(faults, "<html>");
        hear(faults, "[]");
        hear(faults, UNDER_WAY.replace("2026-11-22T15:00:00Z", "yesterday"));
        injector.stop(0);
        hear(faults, OVER);

        assertThat(faults.all())
                .singleElement()
                .satisfies(fault -> assertThat(fault.liftedAt()).isNull());
    }

    @Test
    void whatChangesNothingIsNotWritten() throws Exception {
        var faults = faults();
        hear(faults, OVER);
        hear(faults, OVER);

        assertThat(Files.readAllLines(folder.resolve("history.faults"))).hasSize(1);
    }

    @Test
    void theFileAndTheMemoryAreBounded() throws Exception {
        var faults = faults();
        for (var run = 0; run < 6 * Faults.KEPT; run++) {
            var open = new Fault("r-" + run, "l", "lag", NOW, null, null, null);
            var over = new Fault("r-" + run, "l", "lag", NOW, NOW, NOW, "PASS");
            List.of(open, over, over).forEach(told -> faults.seen(List.of(told), fault -> false, NOW));
        }

        assertThat(faults.all()).hasSize(Faults.KEPT);
        assertThat(Files.readAllLines(folder.resolve("history.faults"))).hasSizeLessThanOrEqualTo(10 * Faults.KEPT);
        assertThat(faults().all()).isEqualTo(faults.all());
    }

    private Faults faults() {
        return new Faults(Optional.of(folder.resolve("history")), json);
    }

    private void hear(Faults faults, String answer) {
        said = answer;
        var url = URI.create("http://127.0.0.1:" + injector.getAddress().getPort() + "/");
        new InjectorWatch(new InjectorCalls(Optional.of(url), json), faults, Clock.fixed(NOW, ZoneOffset.UTC)).ask();
    }
}
