package dev.failureaware.cdc.load;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import dev.failureaware.cdc.test.PostgresResource;
import dev.failureaware.cdc.test.TestDatabase;
import dev.failureaware.cdc.test.TestPostgres;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The whole service; it is up before its tables are, as it may be in a deployment. */
@QuarkusTest
@WithTestResource(PostgresResource.class)
@WithTestResource(LedgerFolder.class)
class LoadGeneratorIT {
    private static final String AUTHORIZATION = "Authorization";
    private static final String TOKEN = "Bearer test-token";

    private TestDatabase source;

    @BeforeEach
    void writing() {
        source = TestPostgres.ofDatasource("").withSourceSchema().withSourceSeed();
        given().header(AUTHORIZATION, TOKEN).post("/resume").then().statusCode(200);
        awaitMore(10);
    }

    @Test
    void aPauseEndsWithNothingInFlightAndTheLedgerAgrees() {
        given().header(AUTHORIZATION, TOKEN)
                .post("/pause")
                .then()
                .statusCode(200)
                .body("running", equalTo(false));

        var acknowledged = acknowledged();
        LedgerFolder.ledger().isComplete();
        await().during(Duration.ofMillis(200)).until(() -> acknowledged() == acknowledged);
        given().header(AUTHORIZATION, TOKEN)
                .post("/resume")
                .then()
                .statusCode(200)
                .body("running", equalTo(true));
        awaitMore(10);
    }

    @Test
    void itOutlivesTheLossOfEveryConnectionAgainAndAgain() {
        for (var i = 0; i < 5; i++) {
            source.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    + " WHERE application_name = 'load-generator' AND datname = current_database()");
            awaitMore(10);
        }
        given().header(AUTHORIZATION, TOKEN).post("/pause");

        LedgerFolder.ledger().isComplete().agreesWith(source);
    }

    @Test
    void itSaysDegradedAndStaysReadyWhileItCannotWrite() {
        source.execute("ALTER TABLE customers RENAME TO customers_away");
        try {
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> get("/stats").path("degraded").equals(true));
            get("/q/health")
                    .then()
                    .statusCode(200)
                    .body("checks.find { it.name == 'load' }.data.degraded", equalTo(true));
        } finally {
            source.execute("ALTER TABLE customers_away RENAME TO customers");
        }
        await().atMost(Duration.ofMinutes(1))
                .until(() -> get("/stats").path("degraded").equals(false));
    }

    @Test
    void whatChangesSomethingNeedsTheToken() {
        for (var path : new String[] {"/pause", "/resume"}) {
            given().post(path).then().statusCode(401);
            given().header(AUTHORIZATION, "Bearer wrong").post(path).then().statusCode(401);
            given().header(AUTHORIZATION, "test-token").post(path).then().statusCode(401);
        }
        get("/ledger").then().statusCode(401);
        get("/stats").then().statusCode(200).body("running", equalTo(true)).body("seed", equalTo(1));
    }

    @Test
    void theLedgerCanBeRead() {
        given().header(AUTHORIZATION, TOKEN)
                .get("/ledger")
                .then()
                .statusCode(200)
                .contentType("application/x-ndjson")
                .body(containsString("\"state\":\"acknowledged\""));
    }

    @Test
    void outcomesAreMetrics() {
        assertThat(get("/q/metrics").asString())
                .containsPattern("load_transactions_total\\{kind=\"order_created\",outcome=\"acknowledged\"} [1-9]");
    }

    private static void awaitMore(int transactions) {
        var wanted = acknowledged() + transactions;
        await().atMost(Duration.ofMinutes(1)).until(() -> acknowledged() >= wanted);
    }

    private static long acknowledged() {
        return ((Number) get("/stats").path("acknowledged")).longValue();
    }
}
