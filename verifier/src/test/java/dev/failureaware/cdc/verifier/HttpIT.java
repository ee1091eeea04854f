package dev.failureaware.cdc.verifier;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.startsWith;

import dev.failureaware.cdc.test.KafkaAndPostgres;
import dev.failureaware.cdc.test.MetricsPage;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(
        value = KafkaAndPostgres.class,
        initArgs = @ResourceArg(name = KafkaAndPostgres.DATASOURCES, value = "source,sink"))
class HttpIT {
    private TestPipeline pipeline;
    private TestConnector connector;

    @BeforeEach
    void start() {
        pipeline = TestPipeline.fresh();
        pipeline.onBoth("CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1)");
        connector = new TestConnector(pipeline.source, pipeline.kafka, true);
    }

    @AfterEach
    void stop() throws Exception {
        connector.close();
    }

    @Test
    void verifyingNeedsTheToken() {
        given().post("/verify").then().statusCode(401).body("error", containsString("Bearer"));
        given().header("Authorization", "Bearer wrong").post("/verify").then().statusCode(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"60", "-1s", "0s", "2h", "PT-5S", "soon", "99999999999s"})
    void anImpossibleTimeoutIsRefusedWithWhatIsAllowed(String timeout) {
        given().header("Authorization", "Bearer secret")
                .queryParam("timeout", timeout)
                .post("/verify")
                .then()
                .statusCode(400)
                .body("error", containsString("up to 1 hour"));
    }

    @Test
    void theReportIsTextForPeopleAndJsonForMachines() {
        pipeline.verify("PT20S");

        get("/report").then().statusCode(200).contentType("text/plain").body(containsString("row_count_match"));
        given().accept("*/*").get("/report").then().contentType("text/plain");
        given().accept("text/html, application/xhtml+xml, */*;q=0.8")
                .get("/report")
                .then()
                .contentType("text/plain");
        given().accept("application/json")
                .get("/report")
                .then()
                .contentType("application/json")
                .body("status", equalTo("PASS"), "history.size()", notNullValue(), "pipeline.slot", equalTo(null))
                .body("pipeline.findings.detail", hasItem(containsString("no replication slot cdc_slot")));
        get("/history").then().body("[-1].status", equalTo("PASS"), "[-1].summary.totalSourceRows", equalTo(1));
    }

    @Test
    void aVerificationIsTextForWhoAsksForItByName() {
        given().accept("text/plain")
                .header("Authorization", "Bearer secret")
                .post("/verify?timeout=20s")
                .then()
                .statusCode(200)
                .contentType("text/plain")
                .body(startsWith("PASS "));
        given().accept("text/plain").post("/verify").then().statusCode(401);
        given().header("Authorization", "Bearer secret")
                .post("/verify?timeout=20s")
                .then()
                .contentType("application/json")
                .body("status", equalTo("PASS"));
    }

    @Test
    void everyFormIsTheSameReport() throws Exception {
        pipeline.verify("PT20S");

        assertThat(ReportFormsTest.problems(
                        get("/report.json").then().statusCode(200).extract().asString()))
                .isEmpty();
        get("/report.html")
                .then()
                .contentType("text/html")
                .header("X-Verdict", "PASS")
                .body(containsString("<title>PASS"));
        get("/report.xml")
                .then()
                .contentType("application/xml")
                .header("X-Verdict", "PASS")
                .body(containsString("failures=\"0\""));
        get("/report.schema.json").then().statusCode(200).body(containsString("Report of a verification"));
        for (var form : List.of("text", "json", "html", "junit")) {
            given().header("Authorization", "Bearer secret")
                    .post("/verify?timeout=20s&format=" + form)
                    .then()
                    .statusCode(200)
                    .header("X-Verdict", "PASS");
        }
        given().header("Authorization", "Bearer secret")
                .post("/verify?format=pdf")
                .then()
                .statusCode(400)
                .body("error", containsString("text, json, html, junit"));
    }

    @Test
    void finishedVerificationsAreSeenLive() throws Exception {
        pipeline.verify();
        var events = new LinkedBlockingQueue<String>();
        var reader = HttpClient.newHttpClient()
                .sendAsync(
                        HttpRequest.newBuilder(URI.create(RestAssured.baseURI + ":" + RestAssured.port + "/events"))
                                .build(),
                        HttpResponse.BodyHandlers.fromLineSubscriber(new LineReader(events)));
        assertThat(events.poll(10, TimeUnit.SECONDS))
                .as("the last one, at once")
                .contains("\"status\":\"PASS\"");
        pipeline.sink.execute("DELETE FROM t");

        pipeline.verify();

        assertThat(events.poll(10, TimeUnit.SECONDS)).contains("\"status\":\"FAIL\"");
        reader.cancel(true);
    }

    /** Lines of server-sent events that carry data. */
    private record LineReader(BlockingQueue<String> lines) implements Flow.Subscriber<String> {
        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(String line) {
            if (line.startsWith("data:")) {
                lines.add(line);
            }
        }

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onComplete() {}
    }

    @Test
    void verificationsAtTheSameTimeRunOneAfterTheOther() {
        var calls = Stream.generate(() -> CompletableFuture.supplyAsync(() -> pipeline.verify()))
                .limit(3)
                .toList();

        var reports = calls.stream().map(CompletableFuture::join).toList();

        assertThat(reports)
                .allSatisfy(report -> assertThat(report.getString("status")).isEqualTo("PASS"));
        assertThat(reports.stream().map(report -> report.getString("fence.lsn")).distinct())
                .hasSize(3);
    }

    @Test
    void healthAndMetricsAnswer() {
        pipeline.verify();

        get("/health").then().statusCode(200).body("status", equalTo("UP"));
        get("/q/health/ready").then().statusCode(200);
        get("/q/metrics")
                .then()
                .body(
                        containsString("cdc_verdict{verdict=\"pass\"} 1.0"),
                        containsString("cdc_verdict{verdict=\"fail\"} 0.0"),
                        containsString("cdc_differences{class=\"orphan\"} 0.0"),
                        containsString("cdc_differences{class=\"stale\"} 0.0"),
                        containsString("cdc_verifications_total{verdict=\"pass\"}"),
                        containsString("cdc_findings "));

        pipeline.source.execute("INSERT INTO t VALUES (2)");
        pipeline.verify("2s");

        assertThat(MetricsPage.exposed("verifier", get("/q/metrics").asString()))
                .isEqualTo(MetricsPage.of("verifier"));
    }
}
