package dev.failureaware.cdc.verifier;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.failureaware.cdc.test.KafkaAndPostgres;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import jakarta.inject.Inject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(
        value = KafkaAndPostgres.class,
        initArgs = @ResourceArg(name = KafkaAndPostgres.DATASOURCES, value = "source,sink"))
class LiveIT {
    private static final Pattern OWN_ADDRESS = Pattern.compile("(?:from|import|href=|src=)\\s*['\"](/[^'\"]+)['\"]");

    @Inject
    LiveView live;

    private final ObjectMapper json = new ObjectMapper();
    private TestPipeline pipeline;
    private TestConnector connector;

    @BeforeEach
    void start() {
        pipeline = TestPipeline.fresh();
        pipeline.onBoth("CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1)");
        connector = new TestConnector(pipeline.source, pipeline.kafka, false);
    }

    @AfterEach
    void stop() throws Exception {
        connector.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/index.html", "/dashboard/dashboard.js", "/dashboard/libraries.js"})
    void thePageMayTakeNothingFromElsewhereAndRunNoText(String address) {
        get(address)
                .then()
                .statusCode(200)
                .header("Content-Security-Policy", containsString("default-src 'none'"))
                .header("Content-Security-Policy", containsString("script-src 'self'"))
                .header("Content-Security-Policy", not(containsString("unsafe")))
                .header("Cache-Control", "no-cache")
                .header("X-Content-Type-Options", "nosniff");
    }

    /** It holds values of the databases. */
    @Test
    void aReportRunsNothing() {
        get("/report.html")
                .then()
                .statusCode(200)
                .header(
                        "Content-Security-Policy",
                        allOf(containsString("default-src 'none'"), not(containsString("script"))));
    }

    @Test
    void everythingThatThePageNamesIsThere() {
        assertThat(namedBy("/")).hasSizeGreaterThan(3).contains("/dashboard/dashboard.js");
        assertThat(namedBy("/dashboard/libraries.js")).hasSize(2);
        for (var file : new String[] {"/", "/dashboard/libraries.js"}) {
            namedBy(file).forEach(address -> get(address).then().statusCode(200));
        }
    }

    private static List<String> namedBy(String file) {
        return OWN_ADDRESS
                .matcher(get(file).then().statusCode(200).extract().asString())
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    @Test
    void whoWatchesGetsAWholePictureAndThenWhatIsNew() throws Exception {
        pipeline.verify("PT20S");
        live.look();
        var url = URI.create("http://127.0.0.1:" + RestAssured.port + "/live").toURL();

        try (var stream = new BufferedReader(new InputStreamReader(url.openStream(), StandardCharsets.UTF_8))) {
            var whole = next(stream);
            live.look();
            var more = next(stream);

            assertThat(whole.path("whole").asBoolean()).isTrue();
            assertThat(whole.at("/report/tables/t/counts/source").asLong()).isEqualTo(1);
            assertThat(whole.path("parts"))
                    .extracting(part -> part.path("name").asText())
                    .containsExactly("source", "slot", "connector", "topic", "sink-consumer", "sink");
            assertThat(whole.path("faults").isArray()).isTrue();
            assertThat(more.path("whole").asBoolean()).isFalse();
            assertThat(more.path("n").asLong()).isEqualTo(whole.path("n").asLong() + 1);
            assertThat(more.has("report")).as("it has not changed").isFalse();
        }
    }

    private JsonNode next(BufferedReader stream) throws IOException {
        for (var line = stream.readLine(); line != null; line = stream.readLine()) {
            if (line.startsWith("data:")) {
                return json.readTree(line.substring("data:".length()));
            }
        }
        throw new IOException("the stream has ended");
    }

    @Test
    void theSituationIsThereForATerminalToo() {
        live.look();

        get("/situation").then().statusCode(200).body("whole", equalTo(true), "parts.size()", equalTo(6));
    }

    @ParameterizedTest
    @ValueSource(strings = {"unlock", "verify", "run", "abort", "trigger/lag"})
    void nothingIsDoneWithoutTheToken(String action) {
        given().post("/actions/" + action).then().statusCode(401).body("error", containsString("token"));
        given().header("Authorization", "Bearer wrong")
                .post("/actions/" + action)
                .then()
                .statusCode(401);
    }

    @Test
    void withTheTokenTheVerifierVerifiesAndSaysWhatItCannotPassOn() {
        var withToken = given().header("Authorization", "Bearer secret");
        withToken.post("/actions/unlock").then().statusCode(200);
        withToken.post("/actions/verify").then().statusCode(200).body("done", equalTo("PASS"));
        withToken
                .post("/actions/trigger/lag")
                .then()
                .statusCode(409)
                .body("error", containsString("VERIFIER_INJECTOR_URL"));
        withToken.post("/actions/trigger/..%2Fscenario").then().statusCode(404);
    }
}
