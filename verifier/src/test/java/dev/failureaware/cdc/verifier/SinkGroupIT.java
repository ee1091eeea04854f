package dev.failureaware.cdc.verifier;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.failureaware.cdc.test.KafkaAndPostgres;
import dev.failureaware.cdc.test.TestKafka;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** A sink that is not ours, behind Debezium and Kafka: its consumer group tells how far it is. */
@QuarkusTest
@TestProfile(SinkGroupIT.Group.class)
@QuarkusTestResource(
        value = KafkaAndPostgres.class,
        initArgs = @ResourceArg(name = KafkaAndPostgres.DATASOURCES, value = "source,sink"))
class SinkGroupIT {
    private static final String GROUP = "connect-somebody-elses-sink";

    public static class Group implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("verifier.sink-group", GROUP);
        }
    }

    private static void removeAll(String kafka) throws Exception {
        try (var admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka))) {
            var all = new HashMap<TopicPartition, RecordsToDelete>();
            for (var partition = 0; partition < TestConnector.PARTITIONS; partition++) {
                all.put(new TopicPartition("shop.public.t", partition), RecordsToDelete.beforeOffset(-1));
            }
            admin.deleteRecords(all).all().get();
        }
    }

    @Test
    void itsCommittedOffsetsAreTheFence() throws Exception {
        var pipeline = TestPipeline.fresh();
        pipeline.onBoth("CREATE TABLE t (id int PRIMARY KEY, v text, n int)");
        pipeline.sink.execute("DROP SCHEMA _cdc CASCADE");
        await().atMost(Duration.ofMinutes(1)).ignoreExceptions().until(() -> {
            TestKafka.createTopic(pipeline.kafka, "shop.public.t", TestConnector.PARTITIONS);
            return true;
        });
        try (var connector = new TestConnector(pipeline.source, pipeline.kafka, true)) {
            pipeline.source.execute("INSERT INTO t SELECT i, 'v', i FROM generate_series(1, 300) i");

            var late = pipeline.verify("2s");
            try (var sink = TestSink.ofGroup(pipeline.sink, pipeline.kafka, GROUP)) {
                for (var i = 0; i < 5; i++) {
                    pipeline.source.execute("UPDATE t SET n = n + 1; DELETE FROM t WHERE id = " + (i + 1));
                    var report = pipeline.verify("20s");
                    assertThat(report.getString("status"))
                            .as(report.getString("reason"))
                            .isEqualTo("PASS");
                    assertThat(report.getLong("summary.totalSinkRows")).isEqualTo(299 - i);
                }
                pipeline.sink.execute("DELETE FROM t WHERE id = 7");
                assertThat(pipeline.verify("20s").getString("status")).isEqualTo("FAIL");
            }
            pipeline.source.execute("UPDATE t SET n = n + 1");
            assertThat(pipeline.verify("2s").getString("status")).isEqualTo("UNKNOWN");
            assertThat(given().get("/lag").jsonPath().getLong("removed")).isZero();
            removeAll(pipeline.kafka);
            assertThat(given().get("/lag").jsonPath().getLong("removed"))
                    .as("what retention took before the group had it")
                    .isPositive();

            assertThat(late.getString("status")).isEqualTo("UNKNOWN");
            assertThat(late.getString("reason")).contains("the sink has not applied", "shop.public.t-0");
        }
    }
}
