package dev.failureaware.cdc.verifier;

import static io.restassured.RestAssured.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;

import dev.failureaware.cdc.test.KafkaAndPostgres;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

/** What cannot be checked is UNKNOWN, with the reason, and the verifier stays up. */
@QuarkusTest
@QuarkusTestResource(
        value = KafkaAndPostgres.class,
        initArgs = @ResourceArg(name = KafkaAndPostgres.DATASOURCES, value = "source,sink"))
class OutageIT {
    @Test
    void aFenceThatNeverArrivesIsUnknownAndSaysWhatWasWaitedFor() {
        var pipeline = TestPipeline.fresh();
        pipeline.onBoth("CREATE TABLE t (id int PRIMARY KEY)");

        var report = pipeline.verify("1s");

        assertThat(report.getString("status")).isEqualTo("UNKNOWN");
        assertThat(report.getString("reason")).contains("did not arrive on topic shop.message");
        assertThat(report.getList("checks.status")).containsOnly("UNKNOWN");
        assertThat(report.getString("tables.t.status")).isEqualTo("UNKNOWN");
    }

    @Test
    void aDatabaseThatIsAwayIsUnknownUntilItIsBack() throws Exception {
        var pipeline = TestPipeline.fresh();
        pipeline.onBoth("CREATE TABLE t (id int PRIMARY KEY)");
        try (var connector = new TestConnector(pipeline.source, pipeline.kafka, false)) {
            assertThat(pipeline.verify().getString("status")).isEqualTo("PASS");
            var name = pipeline.sink.name();
            var admin = pipeline.source;
            admin.execute("ALTER DATABASE " + name + " WITH ALLOW_CONNECTIONS false");
            admin.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + name + "'");

            var away = pipeline.verify("5s");
            get("/lag").then().statusCode(503).body("error", notNullValue());
            get("/q/health").then().statusCode(200).body("status", equalTo("UP"));
            admin.execute("ALTER DATABASE " + name + " WITH ALLOW_CONNECTIONS true");
            var back = pipeline.verify("10s");

            assertThat(away.getString("status")).isEqualTo("UNKNOWN");
            assertThat(away.getString("reason")).contains("sink database");
            assertThat(back.getString("status")).as(back.getString("reason")).isEqualTo("PASS");
        }
    }

    @Test
    void aTransactionThatNobodyEndsIsFoundWhereReadersWait() throws Exception {
        var pipeline = TestPipeline.fresh();
        pipeline.onBoth("CREATE TABLE t (id int PRIMARY KEY)");
        try (var connector = new TestConnector(pipeline.source, pipeline.kafka, false);
                var producer = new KafkaProducer<>(
                        Map.<String, Object>of(
                                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                                pipeline.kafka,
                                ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                                "left-open"),
                        new StringSerializer(),
                        new StringSerializer())) {
            pipeline.source.execute("INSERT INTO t VALUES (1)");
            pipeline.sink.execute("INSERT INTO t VALUES (1)");
            pipeline.verify("1s");
            producer.initTransactions();
            producer.beginTransaction();
            var at = producer.send(new ProducerRecord<>("shop.public.t", "left", "open"))
                    .get();

            await().untilAsserted(() -> assertThat(findings(pipeline.verify("1s")))
                    .anySatisfy(finding -> assertThat(finding)
                            .contains(
                                    "open_transaction shop.public.t-" + at.partition(), "from offset " + at.offset())));
            producer.abortTransaction();

            await().untilAsserted(() -> assertThat(findings(pipeline.verify("1s")))
                    .noneMatch(finding -> finding.startsWith("open_transaction")));
        }
    }

    private static List<String> findings(JsonPath report) {
        return report.<Map<String, String>>getList("pipeline.findings").stream()
                .map(finding -> finding.get("class") + " " + finding.get("subject") + " " + finding.get("detail"))
                .toList();
    }

    @Test
    void nothingCapturedIsUnknown() {
        TestPipeline.fresh().source.execute("DROP PUBLICATION cdc_publication");

        var report = new TestPipeline().verify("5s");

        assertThat(report.getString("status")).isEqualTo("UNKNOWN");
        assertThat(report.getString("reason")).contains("cdc_publication captures no table");
    }
}
