package dev.failureaware.cdc.chaos;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import dev.failureaware.cdc.test.MetricsPage;
import dev.failureaware.cdc.test.TestDatabase;
import dev.failureaware.cdc.test.TestPostgres;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** The running service on a real source, with neighbours that do as they are told. */
@QuarkusTest
@QuarkusTestResource(value = FakePipelineResource.class, restrictToAnnotatedClass = true)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class InjectorIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    FakePipeline pipeline;

    @Inject
    InjectorConfig config;

    @BeforeEach
    void awaitPeace() {
        await().atMost(LIMIT).until(() -> !List.of("running", "healing").contains(state()));
    }

    @Test
    @Order(1)
    void heals_first_what_an_earlier_life_left_broken() throws IOException {
        assertThat(pipeline.stateOf("sink-consumer")).isEqualTo("running");
        assertThat(pipeline.calls()).containsExactly("POST /processes/sink-consumer/start");
        assertThat(Files.size(config.journal())).isZero();
        given().get("/events")
                .then()
                .body("phase", hasItems("heal"))
                .body("text", hasItems("done: start_sink_consumer", "healed"));
        given().get("/report").then().statusCode(404).body("error", containsString("no run"));
        assertThat(state()).isEqualTo("idle");
    }

    @Test
    @Order(2)
    void the_five_failures_of_the_canonical_scenario_pass() throws Exception {
        pipeline.reset();
        var before = source().count("customers");

        var report = run(canonical(0.3, 0.3));

        assertThat(report.getString("verdict")).isEqualTo("PASS");
        assertThat(report.getList("failures.verdict")).containsOnly("PASS").hasSize(5);
        assertThat(report.getList("failures.rows_lost")).containsOnly(0);
        assertThat(report.getList("failures.type"))
                .containsExactly("restart", "lag", "schema", "duplicate", "backfill");
        assertThat(report.getLong("failures[1].max_lag_events")).isPositive();
        assertThat(report.getLong("failures[3].duplicates_absorbed")).isPositive();
        assertThat(report.getString("failures[2].evidence.column")).isEqualTo("tier");
        assertThat(report.getMap("versions").keySet().stream().map(Object::toString))
                .contains("postgresql_source", "kafka", "debezium", "java", "project");
        assertThat(report.getString("settings.connector.'database.password'")).isEqualTo("********");
        assertThat(report.getString("settings.connector.'key.converter'")).isEqualTo("json");
        assertThat(report.getLong("seed")).isEqualTo(7);
        assertThat(source().count("customers")).isEqualTo(before + 3 - 1 + 20);
        assertThat(pipeline.calls())
                .containsSubsequence(
                        "POST /processes/connect/kill",
                        "POST /processes/sink-consumer/stop",
                        "POST /processes/sink-consumer/start",
                        "PUT /connectors/shop/stop",
                        "DELETE /connectors/shop/offsets",
                        "PUT /connectors/shop/resume");
        assertThat(Files.size(config.journal())).isZero();
        assertThat(reportFile("report.json")).contains("\"verdict\" : \"PASS\"");
        assertThat(reportFile("report.html")).doesNotContain("http://", "https://", "src=", "geheim");
        var junit = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(config.reportDir().resolve("junit.xml").toFile())
                .getDocumentElement();
        assertThat(junit.getAttribute("tests")).isEqualTo("6");
        assertThat(junit.getElementsByTagName("testcase").getLength()).isEqualTo(6);
        assertThat(junit.getElementsByTagName("failure").getLength()).isZero();
    }

    @Test
    @Order(3)
    void a_second_run_on_the_same_data_takes_the_next_free_column() throws Exception {
        pipeline.reset();

        var report = run(one("schema", ""));

        assertThat(report.getString("failures[0].verdict")).isEqualTo("PASS");
        assertThat(report.getString("failures[0].evidence.column")).isEqualTo("tier_2");
        assertThat(report.getString("failures[0].evidence.column_wanted")).contains("tier");
    }

    @Test
    void a_schema_change_gives_up_its_lock_and_comes_back_instead_of_holding_writers_up() throws Exception {
        pipeline.reset();
        try (var writer = source().connect()) {
            writer.setAutoCommit(false);
            writer.createStatement().execute("LOCK TABLE customers IN ROW EXCLUSIVE MODE");

            start(one("schema", ",\"column\":\"locked_out\""));

            await().atMost(LIMIT).until(() -> texts().contains("injecting schema"));
            await().during(Duration.ofSeconds(1)).atMost(LIMIT).until(() -> state().equals("running"));
            writer.commit();
        }
        assertThat(finished().getString("failures[0].verdict")).isEqualTo("PASS");
    }

    @Test
    void rows_that_a_duplicate_fault_reports_are_really_gone_and_changed() throws Exception {
        pipeline.reset();

        var report = run(one("duplicate", ""));

        List<String> orders = report.getList("failures[0].evidence.orders_deleted");
        List<String> customers = report.getList("failures[0].evidence.customers_deleted");
        List<String> changed = report.getList("failures[0].evidence.customers_changed");
        assertThat(orders).hasSize(3);
        assertThat(customers).hasSize(1);
        assertThat(changed).isNotEmpty();
        assertThat(source().value("SELECT count(*) FROM orders WHERE id IN " + in(orders)))
                .isEqualTo(0L);
        assertThat(source().value("SELECT count(*) FROM order_items WHERE order_id IN " + in(orders)))
                .isEqualTo(0L);
        assertThat(source().value("SELECT count(*) FROM customers WHERE id IN " + in(customers)))
                .isEqualTo(0L);
        assertThat(source().value(
                                "SELECT count(*) FROM customers WHERE full_name LIKE 'Changed while away %' AND id IN "
                                        + in(changed)))
                .isEqualTo((long) changed.size());
    }

    @Test
    void backfilled_rows_are_a_year_old_and_have_orders_and_items() throws Exception {
        pipeline.reset();

        var report = run(one("backfill", ",\"rows\":7"));

        var prefix = report.getString("failures[0].evidence.external_id_prefix");
        assertThat(source().value("SELECT count(*) FROM customers WHERE external_id LIKE '" + prefix
                        + "-%' AND created_at < now() - interval '360 days'"))
                .isEqualTo(7L);
        assertThat(report.getInt("failures[0].evidence.orders_inserted")).isEqualTo(14);
        assertThat(report.getInt("failures[0].evidence.items_inserted")).isEqualTo(28);
    }

    @Test
    void nothing_sent_again_is_inconclusive() throws Exception {
        pipeline.reset();
        pipeline.nothingIsSentAgain();

        var report = run(one("duplicate", ""));

        assertInconclusive(report, "absorbed no duplicate");
    }

    @Test
    void a_lag_that_does_not_grow_is_inconclusive() throws Exception {
        pipeline.reset();
        pipeline.lagDoesNotGrow();

        var report = run(one("lag", ",\"duration_seconds\":0.2"));

        assertInconclusive(report, "did not grow");
    }

    @Test
    void a_kill_without_load_is_inconclusive() throws Exception {
        pipeline.reset();
        pipeline.noLoad();

        var report = run(one("restart", ""));

        assertInconclusive(report, "no load");
    }

    @Test
    void a_kill_that_is_refused_is_inconclusive() throws Exception {
        pipeline.reset();
        pipeline.refuse("POST /processes/connect/kill", 409);

        var report = run(one("restart", ""));

        assertInconclusive(report, "409");
    }

    @Test
    void connect_refuses_for_a_while_during_a_rebalance() throws Exception {
        pipeline.reset();
        pipeline.refuse("PUT /connectors/shop/stop", 409, 409);
        pipeline.refuse("DELETE /connectors/shop/offsets", 500);
        pipeline.refuse("GET /connectors/shop/status", 404, 500);
        pipeline.refuse("PUT /connectors/shop/resume", 409);

        var report = run(one("duplicate", ""));

        assertThat(report.getString("verdict")).isEqualTo("PASS");
    }

    @Test
    void without_a_steady_state_nothing_is_broken() throws Exception {
        pipeline.reset();
        pipeline.verifyAlways("FAIL");

        var report = run(one("restart", ""));

        assertThat(report.getString("failures[0].verdict")).isEqualTo("INCONCLUSIVE");
        assertThat(report.getString("failures[0].detail")).contains("no steady state", "check row_count_match");
        assertThat(report.getString("failures[0].injected_at")).isNull();
        assertThat(report.getString("verdict")).isEqualTo("FAIL");
        assertThat(pipeline.calls()).doesNotContain("POST /processes/connect/kill");
    }

    @Test
    void rows_that_stay_missing_are_a_failure_and_counted() throws Exception {
        pipeline.reset();
        pipeline.verifyNext("PASS");
        pipeline.verifyAlways("FAIL");

        var report = run(one("backfill", ""));

        assertThat(report.getString("failures[0].verdict")).isEqualTo("FAIL");
        assertThat(report.getLong("failures[0].rows_lost")).isEqualTo(2);
        assertThat(report.getString("failures[0].detail")).contains("missing orders <lost row>");
        assertThat(reportFile("report.html")).contains("<li>missing orders &lt;lost row&gt;</li>");
        assertThat(reportFile("junit.xml")).contains("<failure type=\"FAIL\"");
    }

    @Test
    void a_verifier_that_knows_nothing_for_a_while_is_asked_again() throws Exception {
        pipeline.reset();
        pipeline.verifyNext("PASS", "UNKNOWN", "SYNC_IN_PROGRESS");
        pipeline.refuse("POST /verify", 503);

        var report = run(one("backfill", ""));

        assertThat(report.getString("verdict")).isEqualTo("PASS");
    }

    @Test
    void a_verifier_that_never_knows_makes_it_unknown() throws Exception {
        pipeline.reset();
        pipeline.verifyNext("PASS");
        pipeline.verifyAlways("UNKNOWN");

        var report = run(one("backfill", ""));

        assertThat(report.getString("failures[0].verdict")).isEqualTo("UNKNOWN");
        assertThat(report.getString("failures[0].rows_lost")).isNull();
        assertThat(report.getString("failures[0].detail")).contains("the sink does not answer");
    }

    @Test
    void a_worker_that_nobody_restarts_is_started() throws Exception {
        pipeline.reset();

        start(one("restart", ""));
        await().atMost(LIMIT).until(() -> pipeline.calls().contains("POST /processes/connect/kill"));
        pipeline.hold("connect");

        var report = finished();
        assertThat(pipeline.calls()).contains("POST /processes/connect/start");
        assertThat(report.getString("failures[0].evidence.worker_started_by")).isEqualTo("injector");
        assertThat(report.getString("verdict")).isEqualTo("PASS");
    }

    @Test
    void an_abort_lifts_the_open_fault_first_and_ends_inconclusive() throws Exception {
        pipeline.reset();
        var two = scenario(failure("lag", 0, ",\"duration_seconds\":600") + "," + failure("backfill", 0, ""), 1);
        start(two);
        await().atMost(LIMIT).until(() -> pipeline.stateOf("sink-consumer").equals("held"));
        assertThat(Files.readString(config.journal())).contains("start_sink_consumer");
        given().get("/scenario")
                .then()
                .body("under_way.type", equalTo("lag"), "under_way.injected_at", notNullValue())
                .body("under_way.reverted_at", nullValue());
        authorised()
                .body(two)
                .post("/scenario/run")
                .then()
                .statusCode(409)
                .body("error", containsString("running test"));

        authorised().post("/scenario/abort").then().statusCode(202);

        var report = finished();
        assertThat(pipeline.stateOf("sink-consumer")).isEqualTo("running");
        assertThat(Files.size(config.journal())).isZero();
        assertThat(state()).isEqualTo("aborted");
        given().get("/scenario").then().body("under_way", nullValue());
        assertThat(report.getList("failures.verdict")).containsExactly("INCONCLUSIVE", "INCONCLUSIVE");
        assertThat(report.getString("failures[0].reverted_at")).isNotNull();
        assertThat(report.getString("failures[1].injected_at")).isNull();
        assertThat(reportFile("junit.xml")).contains("errors=\"3\"");
        authorised().post("/scenario/abort").then().statusCode(409);
    }

    @Test
    void a_trigger_runs_one_failure_at_once() {
        pipeline.reset();

        authorised().post("/trigger/backfill").then().statusCode(202).body("run", containsString("trigger-backfill"));

        assertThat(finished().getList("failures.id")).containsExactly("trigger-backfill");
        authorised().post("/trigger/meteor").then().statusCode(404).body("error", containsString("one of restart"));
    }

    @Test
    void a_dry_run_says_what_would_be_done_and_touches_nothing() throws Exception {
        pipeline.reset();
        var customers = source().count("customers");

        var plan = authorised()
                .body(canonical(30, 20))
                .post("/scenario/run?dry-run=true")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();

        assertThat(plan.getBoolean("possible")).isTrue();
        assertThat(plan.getString("platform")).isEqualTo("local");
        assertThat(plan.getList("failures.due_seconds")).containsExactly(30f, 60f, 90f, 120f, 150f);
        assertThat(plan.getString("failures[0].acts[0]")).contains("kill (SIGKILL) the process connect");
        assertThat(plan.getString("failures[3].undo[0]")).isEqualTo("resume the connector shop");
        authorised().post("/trigger/backfill?dry-run=true").then().statusCode(200);
        given().post("/trigger/backfill?dry-run=true").then().statusCode(401);
        assertThat(pipeline.calls()).isEmpty();
        assertThat(source().count("customers")).isEqualTo(customers);
    }

    @Test
    void a_report_can_be_had_in_each_of_its_forms() throws Exception {
        pipeline.reset();
        run(one("backfill", ""));

        given().get("/report?format=html").then().contentType("text/html").body(containsString("<html"));
        given().get("/report?format=junit")
                .then()
                .contentType("application/xml")
                .body(containsString("<testsuite"));
        given().get("/report?format=pdf").then().statusCode(400).body("error", containsString("json, html, junit"));
        given().accept("text/html").get("/report").then().statusCode(200).contentType("application/json");
    }

    @Test
    void it_says_that_it_leads() {
        given().get("/scenario").then().body("leader", equalTo(true));
        given().get("/q/health/ready")
                .then()
                .statusCode(200)
                .body("checks.find { it.name == 'leader' }.data.leads", equalTo(true));
    }

    @Test
    void a_wrong_scenario_is_refused_with_everything_that_is_wrong() {
        authorised()
                .body("{\"id\":\"x\",\"failures\":[{\"id\":\"a\",\"type\":\"meteor\",\"delay_seconds\":-1}]}")
                .post("/scenario/run")
                .then()
                .statusCode(400)
                .body("problems.path", equalTo(List.of("failures[0].type", "failures[0].delay_seconds")));
        authorised().post("/scenario/run").then().statusCode(400).body("error", containsString("no such file"));
    }

    @Test
    void without_the_token_nothing_can_be_broken() {
        pipeline.reset();
        for (var path : List.of("/scenario/run", "/scenario/abort", "/trigger/lag")) {
            given().post(path).then().statusCode(401);
            given().header("Authorization", "Bearer wrong").post(path).then().statusCode(401);
        }
        assertThat(pipeline.calls()).isEmpty();
    }

    @Test
    void what_happened_is_exported_as_metrics() throws Exception {
        pipeline.reset();
        run(one("backfill", ""));

        given().get("/q/metrics")
                .then()
                .body(containsString("cdc_chaos_failures_total{type=\"backfill\",verdict=\"pass\"}"))
                .body(containsString("cdc_chaos_time_to_consistency_seconds_count{type=\"backfill\"}"))
                .body(containsString("cdc_chaos_state{state=\"finished\"} 1.0"));
        assertThat(MetricsPage.exposed(
                        "chaos-injector", given().get("/q/metrics").asString()))
                .isEqualTo(MetricsPage.of("chaos-injector"));
        given().get("/q/health/ready").then().statusCode(200);
    }

    private static void assertInconclusive(JsonPath report, String why) {
        assertThat(report.getString("failures[0].verdict")).isEqualTo("INCONCLUSIVE");
        assertThat(report.getString("failures[0].detail")).contains(why);
        assertThat(report.getString("verdict")).isEqualTo("INCONCLUSIVE");
    }

    private JsonPath run(String scenario) {
        start(scenario);
        return finished();
    }

    private void start(String scenario) {
        authorised().body(scenario).post("/scenario/run").then().statusCode(202);
    }

    private JsonPath finished() {
        await().atMost(LIMIT).until(() -> !state().equals("running"));
        return given().get("/report").then().statusCode(200).extract().jsonPath();
    }

    private static String state() {
        return given().get("/scenario").jsonPath().getString("state");
    }

    private static List<String> texts() {
        return given().get("/events").jsonPath().getList("text");
    }

    private static RequestSpecification authorised() {
        return given().header("Authorization", "Bearer " + FakePipeline.TOKEN);
    }

    private String reportFile(String name) throws IOException {
        return Files.readString(config.reportDir().resolve(name));
    }

    private static TestDatabase source() {
        return TestPostgres.ofDatasource("owner");
    }

    /** The file of the repository, on a shortened schedule. */
    private static String canonical(double delaySeconds, double durationSeconds) throws IOException {
        return Files.readString(Path.of("..", "scenario.json"))
                .replaceAll(
                        "\"delay_seconds\": 30",
                        "\"delay_seconds\": %s, \"duration_seconds\": %s".formatted(delaySeconds, durationSeconds));
    }

    private static String one(String type, String parameters) {
        return scenario(failure(type, 0, parameters), 1);
    }

    private static String failure(String type, int delaySeconds, String parameters) {
        return "{\"id\":\"%s-1\",\"type\":\"%s\",\"delay_seconds\":%d%s}"
                .formatted(type, type, delaySeconds, parameters);
    }

    private static String scenario(String failures, int toleranceSeconds) {
        return "{\"id\":\"test\",\"failures\":[%s],\"verification\":{\"tolerance_seconds\":%d}}"
                .formatted(failures, toleranceSeconds);
    }

    private static String in(List<String> keys) {
        return "('" + String.join("','", keys) + "')";
    }
}
