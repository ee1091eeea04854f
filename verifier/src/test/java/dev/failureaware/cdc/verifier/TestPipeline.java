package dev.failureaware.cdc.verifier;

import static io.restassured.RestAssured.given;

import dev.failureaware.cdc.test.TestDatabase;
import dev.failureaware.cdc.test.TestKafka;
import dev.failureaware.cdc.test.TestPostgres;
import io.restassured.path.json.JsonPath;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;

/** Both databases of the running verifier, emptied, with the sink's bookkeeping; and the calls that tests make. */
final class TestPipeline {
    private static final String FRESH = "DROP SCHEMA IF EXISTS public CASCADE; DROP SCHEMA IF EXISTS _cdc CASCADE;"
            + " DROP SCHEMA IF EXISTS \"Odd Schema\" CASCADE; CREATE SCHEMA public";
    private static final String BOOKKEEPING = """
            CREATE SCHEMA _cdc;
            CREATE TABLE _cdc.offsets (topic text, partition int, next_offset bigint NOT NULL,
                duplicates bigint NOT NULL DEFAULT 0, PRIMARY KEY (topic, partition));
            CREATE TABLE _cdc.parked (id bigint GENERATED ALWAYS AS IDENTITY, topic text, partition int,
                "offset" bigint, key text, value text, reason text, parked_at timestamptz DEFAULT now(),
                outcome text);
            CREATE TABLE _cdc.snapshots (schema_name text, table_name text, lsn bigint, table_complete boolean,
                all_complete boolean, swept_at timestamptz, rows_swept bigint)""";

    final TestDatabase source = TestPostgres.ofDatasource("source");
    final TestDatabase sink = TestPostgres.ofDatasource("sink");
    final String kafka = TestKafka.ofApplication();

    static TestPipeline fresh() {
        var pipeline = freshWithoutKafka();
        pipeline.deleteTopics();
        return pipeline;
    }

    static TestPipeline freshWithoutKafka() {
        var pipeline = new TestPipeline();
        pipeline.source.execute(FRESH + "; DROP PUBLICATION IF EXISTS cdc_publication;"
                + " CREATE PUBLICATION cdc_publication FOR ALL TABLES");
        pipeline.sink.execute(FRESH + ";" + BOOKKEEPING);
        return pipeline;
    }

    private void deleteTopics() {
        try (var admin = Admin.create(Map.<String, Object>of("bootstrap.servers", kafka))) {
            var ours = admin.listTopics().names().get().stream()
                    .filter(topic -> topic.startsWith("shop.public."))
                    .toList();
            admin.deleteTopics(ours).all().get();
        } catch (ExecutionException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The same statements at the source and at the sink. */
    void onBoth(String sql) {
        source.execute(sql);
        sink.execute(sql);
    }

    JsonPath verify() {
        return verify("20s");
    }

    JsonPath verify(String timeout) {
        return given().header("Authorization", "Bearer secret")
                .queryParam("timeout", timeout)
                .post("/verify")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
    }

    static List<Map<String, Object>> differences(JsonPath report, String table) {
        return report.getList("tables.'" + table + "'.differences");
    }

    static String check(JsonPath report, String name) {
        return report.getString("checks.find { it.name == '" + name + "' }.status");
    }
}
