package dev.failureaware.cdc.verifier;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.startsWith;

import dev.failureaware.cdc.test.KafkaAndPostgres;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import java.util.concurrent.CompletableFuture;
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
        connector = new TestConnector(pipeline.source, pipeline.kafka, false);
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
                .body("status", equalTo("PASS"), "history.size()", notNullValue(), "pipeline.slot", equalTo(null));
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
                .body(containsString("cdc_verdict 0.0"), containsString("cdc_differences{class=\"orphan\"} 0.0"));
    }
}
