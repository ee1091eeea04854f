package dev.failureaware.cdc.verifier;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;

import dev.failureaware.cdc.test.TestKafka;
import dev.failureaware.cdc.test.TestPostgres;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusIntegrationTest;
import io.restassured.http.ContentType;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The packaged service, jar or native executable: what is reached by reflection is there. */
@Tag("packaged")
@QuarkusIntegrationTest
@WithTestResource(PackagedIT.Neighbours.class)
class PackagedIT {
    /** Embedded, Docker or not: the executable knows nothing of Dev Services. */
    public static class Neighbours implements QuarkusTestResourceLifecycleManager {
        @Override
        public Map<String, String> start() {
            var source = TestPostgres.freshDatabase();
            var sink = TestPostgres.freshDatabase();
            source.execute("CREATE TABLE t (id int PRIMARY KEY); CREATE PUBLICATION cdc_publication FOR TABLE t");
            sink.execute("CREATE TABLE t (id int PRIMARY KEY)");
            return Map.of(
                    "quarkus.datasource.source.reactive.url", source.reactiveUrl(),
                    "quarkus.datasource.source.username", source.user(),
                    "quarkus.datasource.source.password", source.password(),
                    "quarkus.datasource.sink.reactive.url", sink.reactiveUrl(),
                    "quarkus.datasource.sink.username", sink.user(),
                    "quarkus.datasource.sink.password", sink.password(),
                    "kafka.bootstrap.servers", TestKafka.bootstrapServers(),
                    "cdc.api-token", "secret");
        }

        /** Over those of the other tests, which apply to all. */
        @Override
        public int order() {
            return 100;
        }

        @Override
        public void stop() {}
    }

    @Test
    void itReadsDatabasesAndTopicsAndReportsInFull() {
        var report = given().header("Authorization", "Bearer secret")
                .queryParam("timeout", "20s")
                .post("/verify")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();

        // No connector runs, so no fence arrives; that is found out, and said, by everything that a PASS needs too.
        assertThat(report.getString("status")).isEqualTo("UNKNOWN");
        assertThat(report.getString("reason")).contains("did not arrive on topic shop.message");
        assertThat(report.getString("pipeline.sinkVersion")).isNotEmpty();
        assertThat(report.getList("checks.name")).contains("row_count_match");
        given().accept(ContentType.JSON).get("/report").then().statusCode(200);
        given().accept(ContentType.TEXT).get("/report").then().body(containsString("row_count_match"));
        get("/history").then().statusCode(200);
        get("/lag").then().statusCode(200);
        get("/q/health").then().statusCode(200);
        get("/q/metrics").then().statusCode(200);
    }

    @Test
    void theDashboardIsInItWithItsLibrariesAndItsData() {
        get("/").then().statusCode(200).body(containsString("dashboard.js"));
        var libraries =
                get("/dashboard/libraries.js").then().statusCode(200).extract().asString();
        Pattern.compile("'(/[^']+)'")
                .matcher(libraries)
                .results()
                .forEach(library -> get(library.group(1)).then().statusCode(200));
        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> get("/situation")
                        .then()
                        .statusCode(200)
                        .body(containsString("\"state\":\"broken\""), containsString("\"flow\":\"cut\"")));
    }
}
