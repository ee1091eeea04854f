package dev.failureaware.cdc.verifier;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;

import dev.failureaware.cdc.test.KafkaAndPostgres;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** The series beside the verdicts. */
@QuarkusTest
@QuarkusTestResource(
        value = KafkaAndPostgres.class,
        initArgs = @ResourceArg(name = KafkaAndPostgres.DATASOURCES, value = "source,sink"))
class SamplerIT {
    @Inject
    Sampler sampler;

    @Inject
    Series series;

    @Test
    void aSampleHoldsWhatHappenedSinceTheOneBefore() {
        var pipeline = TestPipeline.freshWithoutKafka();
        pipeline.onBoth("CREATE TABLE t (id int PRIMARY KEY)");
        pipeline.source.execute("SELECT pg_create_logical_replication_slot('cdc_slot', 'pgoutput')");
        try {
            sampler.sample();
            var before = latest();
            for (var i = 0; i < 20; i++) {
                pipeline.source.execute("INSERT INTO t VALUES (" + i + ")");
            }
            pipeline.sink.execute("INSERT INTO t SELECT generate_series(1, 1000)");
            // The server counts rows when the session that wrote them rests.
            await().atMost(Duration.ofMinutes(1)).until(() -> {
                sampler.sample();
                return series.after(before.timestamp()).stream()
                        .anyMatch(sample -> sample.sinkRowsPerSecond() != null && sample.sinkRowsPerSecond() > 0);
            });

            assertThat(series.after(before.timestamp()).get(0).sourceCommitsPerSecond())
                    .isGreaterThan(0);
            assertThat(latest().retainedWalBytes()).isGreaterThan(0);
            assertThat(latest().unconfirmedWalBytes()).isGreaterThan(0);
        } finally {
            pipeline.source.execute("SELECT pg_drop_replication_slot('cdc_slot')");
        }
    }

    @Test
    void theSeriesIsServedFromAnyTimeOn() {
        sampler.sample();
        var first = latest().timestamp();
        sampler.sample();

        get("/series").then().statusCode(200);
        assertThat(given().queryParam("after", first.toString())
                        .get("/series")
                        .jsonPath()
                        .getList("timestamp"))
                .hasSize(1);
        get("/series?after=yesterday").then().statusCode(400).body("error", containsString("yesterday"));
        get("/faults").then().statusCode(200);
    }

    private Sample latest() {
        var all = series.after(Instant.EPOCH);
        return all.get(all.size() - 1);
    }
}
