package dev.failureaware.cdc.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.TransactionState;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The five failures through the real stack, on a shortened schedule, twice on the same data; then every process killed in
 * turn. What is claimed is checked by SQL of this test, not by the verifier's word.
 */
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CanonicalScenarioST {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Stack stack = new Stack("canonical", Map.of());
    private final List<JsonNode> reports = new ArrayList<>();
    private final Set<Long> pids = new HashSet<>();
    private Optional<Browser> browser = Optional.empty();
    private Optional<DashboardWatch> watch = Optional.empty();

    @BeforeAll
    void start() {
        assertThat(stack.run("clean").exitCode()).isZero();
        var up = stack.run("up");
        assertThat(up.exitCode()).as(up.output()).isZero();
    }

    @AfterAll
    void stop() {
        browser.ifPresent(Browser::close);
        stack.processes().forEach(process -> pids.add(process.path("pid").asLong()));
        var down = stack.run("down");
        assertThat(down.exitCode()).as(down.output()).isZero();
        assertThat(pids)
                .as("processes left behind")
                .noneMatch(
                        pid -> ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false));
    }

    private void runScenario() {
        var scenario = Document.REPOSITORY.resolve("scenarios/quick.json");
        var demo = stack.run(Map.of("SCENARIO", scenario.toString()), "demo");

        assertThat(demo.exitCode()).as(demo.output()).isZero();
        var report = stack.report();
        reports.add(report);
        assertThat(report.path("verdict").asText()).isEqualTo("PASS");
        assertThat(report.path("failures"))
                .extracting(failure -> failure.path("type").asText())
                .containsExactly("restart", "lag", "schema", "duplicate", "backfill");
        for (var failure : report.path("failures")) {
            assertThat(failure.path("verdict").asText()).as(failure.toString()).isEqualTo("PASS");
            assertThat(failure.path("rows_lost").asLong(-1))
                    .as(failure.toString())
                    .isZero();
            assertThat(Instant.parse(failure.path("injected_at").asText()))
                    .isBefore(Instant.parse(failure.path("recovered_at").asText()));
        }
        assertThat(stack.reportFolder().resolve("report.html")).isNotEmptyFile();
        assertThat(stack.reportFolder().resolve("junit.xml")).isNotEmptyFile();
    }

    private JsonNode failure(int run, String type) {
        return StreamSupport.stream(reports.get(run).path("failures").spliterator(), false)
                .filter(failure -> failure.path("type").asText().equals(type))
                .findFirst()
                .orElseThrow();
    }

    /** Writes stop, so that both sides can be read one after the other; what is in flight gets time to arrive. */
    private void assertSinkEqualsSource() throws SQLException {
        stack.call("load-generator", "POST", "/pause");
        try (var source = stack.connect("source", "cdc_verifier");
                var sink = stack.connect("sink", "cdc_verifier")) {
            for (var table : TableContents.TABLES) {
                var columns = TableContents.columns(source, table);
                await(table).atMost(PATIENCE).untilAsserted(() -> {
                    var expected = TableContents.read(source, table, columns);
                    assertThat(expected).isNotEmpty();
                    assertThat(TableContents.columns(sink, table)).containsExactlyElementsOf(columns);
                    assertThat(TableContents.read(sink, table, columns)).isEqualTo(expected);
                });
            }
        } finally {
            stack.call("load-generator", "POST", "/resume");
        }
    }

    @Test
    @Order(1)
    void allFiveFailuresPass() throws Exception {
        browser = Browser.ifInstalled();
        try (var watching = browser.map(opened -> new DashboardWatch(opened, stack.dashboard(), "canonical"))
                .orElse(null)) {
            watch = Optional.ofNullable(watching);
            runScenario();
            watch.ifPresent(DashboardWatch::awaitVerdict);
        }
        assertSinkEqualsSource();
    }

    @Test
    @Order(2)
    void theDashboardShowedEachFaultEachRecoveryAndTheVerdict() {
        var shown = Browser.require(watch);
        var page = browser.orElseThrow();

        shown.assertTheFiveFailuresWereSeen();
        assertThat(shown.stages())
                .allSatisfy((id, stages) -> assertThat(stages).as(id).anyMatch(stage -> stage.startsWith("now")));
        assertThat(shown.sentences())
                .anyMatch(sentence ->
                        sentence.matches("The connector is down for N s\\. Nothing is lost: the source keeps what it"
                                + " has not sent \\(N [kM]?B of WAL\\)\\."))
                .anyMatch(
                        sentence -> sentence.startsWith("The sink-consumer is down for N s. Nothing is lost: N event"));
        assertThat(shown.runs()).as("the verdict of the run").anyMatch(run -> run.endsWith("PASS"));
        assertThat(page.problems()).as("what the page complained about").isEmpty();
        assertThat(page.requested())
                .isNotEmpty()
                .allMatch(address -> address.startsWith(stack.dashboard().toString()) || address.startsWith("data:"));
    }

    @Test
    @Order(3)
    void theDashboardIsReadableForEverybodyAndHoldsAnHour() {
        Browser.require(watch);
        new DashboardCheck(browser.orElseThrow(), stack).checkAll();
    }

    @Test
    @Order(4)
    void theSameScenarioPassesAgainOnTheSameData() throws SQLException {
        runScenario();
        assertSinkEqualsSource();

        assertThat(failure(0, "schema").at("/evidence/column").asText()).isEqualTo("tier");
        assertThat(failure(1, "schema").at("/evidence/column").asText()).isEqualTo("tier_2");
    }

    @Test
    @Order(5)
    void everyFaultLeftItsTrace() throws SQLException {
        assertThat(failure(0, "lag").path("max_lag_events").asLong()).isPositive();
        assertThat(failure(0, "duplicate").path("duplicates_absorbed").asLong()).isPositive();

        try (var sink = stack.connect("sink", "cdc_verifier")) {
            assertThat(TableContents.strings(sink, "SELECT DISTINCT coalesce(tier, 'NULL') FROM customers"))
                    .as("old rows have the default, changed ones what they were given")
                    .contains("standard", "gold", "NULL");
            var prefix =
                    failure(0, "backfill").at("/evidence/external_id_prefix").asText();
            assertThat(TableContents.strings(
                            sink,
                            "SELECT DISTINCT created_at < now() - interval '360 days' AND _cdc_source_ts > now() -"
                                    + " interval '1 hour' AND _cdc_received >= _cdc_source_ts FROM customers WHERE"
                                    + " external_id LIKE '" + prefix + "%'"))
                    .as("business time a year ago, capture time now, in every historical row")
                    .containsExactly("t");
            var deleted = failure(0, "duplicate").at("/evidence/orders_deleted");
            assertThat(deleted).isNotEmpty();
            for (var key : deleted) {
                assertThat(TableContents.strings(sink, "SELECT id FROM orders WHERE id = '" + key.asText() + "'"))
                        .as("deleted while the connector was away")
                        .isEmpty();
            }
        }
    }

    /** Of the sink-consumer since it was stopped last; of the others since the beginning. */
    @Test
    @Order(5)
    void metricsTellWhatHappened() {
        var outcomes = stack.metrics("chaos-injector");
        for (var type : List.of("restart", "lag", "schema", "duplicate", "backfill")) {
            assertThat(outcomes)
                    .containsEntry("cdc_chaos_failures_total{type=\"" + type + "\",verdict=\"pass\"}", 2.0)
                    .containsEntry("cdc_chaos_time_to_consistency_seconds_count{type=\"" + type + "\"}", 2.0);
        }

        var sink = stack.metrics("sink-consumer");
        var commits = sink.get("cdc_sink_delay_seconds_count");
        assertThat(commits).isPositive();
        assertThat(sink)
                .as("none was longer on its way than this test takes")
                .containsEntry("cdc_sink_delay_seconds_bucket{le=\"3600.0\"}", commits);
        assertThat(sink.get("cdc_sink_delay_seconds_bucket{le=\"1.0\"}"))
                .as("what waited while the sink-consumer was stopped, and what did not")
                .isPositive()
                .isLessThan(commits);
        assertThat(sink.get("cdc_sink_duplicates_total")).isPositive();

        var verifier = stack.metrics("verifier");
        assertThat(verifier.get("cdc_slot_retained_bytes")).isPositive();
        assertThat(verifier.get("cdc_slot_unconfirmed_bytes")).isNotNegative();
        assertThat(verifier)
                .containsEntry("cdc_slot_active", 1.0)
                .containsEntry("cdc_connector_state{state=\"running\"}", 1.0)
                .containsEntry("cdc_connector_tasks{state=\"running\"}", 1.0)
                .containsEntry("cdc_parked", 0.0);
        assertThat(verifier.get("cdc_lag_seconds")).isBetween(0.0, PATIENCE.toSeconds() + 0.0);
        assertThat(verifier.get("cdc_fence_timestamp_seconds"))
                .isGreaterThan(Instant.parse(failure(1, "backfill")
                                        .path("recovered_at")
                                        .asText())
                                .getEpochSecond()
                        - PATIENCE.toSeconds());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "connect",
                "sink-consumer",
                "kafka",
                "sink",
                "source",
                "load-generator",
                "chaos-injector",
                "verifier"
            })
    @Order(6)
    void theKilledProcessComesBackAndNothingIsLost(String name) {
        var pid = stack.pid(name);
        pids.add(pid);

        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        if (name.equals("verifier")) {
            browser.ifPresent(page -> await("a page without news does not look well")
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> page.ask("return document.title + document.querySelector('.sentence').textContent")
                            .asText()
                            .matches("Not known – .*Not known: no news from the verifier since .*")));
        }

        await(name + " runs again").atMost(PATIENCE).ignoreExceptions().until(() -> {
            for (var process : stack.processes()) {
                if (process.path("name").asText().equals(name)) {
                    return process.path("pid").asLong() != pid
                            && process.path("state").asText().equals("running");
                }
            }
            return false;
        });
        await("fenced verification after the kill of " + name)
                .atMost(PATIENCE.multipliedBy(2))
                .pollInterval(Duration.ofSeconds(1))
                .ignoreExceptions()
                .until(() -> stack.verify(Duration.ofSeconds(20)).path("status").asText(), "PASS"::equals);
    }

    /**
     * The next worker reads the stored offsets before it starts, and cannot read past a transaction until the broker has ended it:
     * after a minute, if the connector does not say otherwise. The injector waits that long for the connector too.
     */
    @Test
    @Order(6)
    void aWorkerThatIsKilledInATransactionIsFollowedBeforeTheInjectorGivesUp() throws Exception {
        var worker = ProcessHandle.of(stack.pid("connect")).orElseThrow();
        var reader = slotReader();
        try (var kafka = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, stack.kafka()))) {
            var frozen = new AtomicBoolean();
            // What was on its way when it froze may still end the transaction, until the next look.
            await("a transaction of the connector's")
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> {
                        if (frozen.get() && isInTransaction(kafka)) {
                            return true;
                        }
                        frozen.set(!frozen.get());
                        signal(frozen.get() ? "STOP" : "CONT", worker);
                        return false;
                    });
        }

        worker.destroyForcibly();

        await("another reader on the slot")
                .atMost(PATIENCE)
                .until(() -> slotReader()
                        .filter(pid -> !pid.equals(reader.orElse(0)))
                        .isPresent());
    }

    private static boolean isInTransaction(Admin kafka) throws Exception {
        var ongoing = new ListTransactionsOptions().filterStates(List.of(TransactionState.ONGOING));
        return kafka.listTransactions(ongoing).all().get().stream()
                .anyMatch(open -> open.transactionalId().startsWith("cdc-connect-shop"));
    }

    private Optional<Integer> slotReader() throws SQLException {
        try (var source = stack.connect("source", "cdc_verifier");
                var slots = source.createStatement()
                        .executeQuery("SELECT active_pid FROM pg_replication_slots WHERE active")) {
            return slots.next() ? Optional.of(slots.getInt(1)) : Optional.empty();
        }
    }

    private static void signal(String name, ProcessHandle process) throws IOException, InterruptedException {
        var kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).inheritIO();
        assertThat(kill.start().waitFor()).isZero();
    }

    /** It was open all the time, also while the verifier was dead. */
    @Test
    @Order(7)
    void theDashboardIsLiveAgainAfterEveryPartWasKilled() {
        var page = Browser.require(browser);

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(page.ask("return document.querySelector('#connection').textContent"
                                        + " + document.querySelector('.sentence').textContent")
                                .asText())
                        .startsWith("live")
                        .containsAnyOf("All is well", "Well again"));
    }

    @Test
    @Order(8)
    void everyAcknowledgedCommitIsAccountedFor() throws Exception {
        assertSinkEqualsSource();
        stack.call("load-generator", "POST", "/pause");
        var last = lastAcknowledged();
        assertThat(last).hasSizeGreaterThan(500);
        var account = stack.call("verifier", "POST", "/verify/ledger?timeout=60s");
        assertThat(account.path("status").asText()).as(account.toString()).isEqualTo("PASS");
        assertThat(account.path("rows").asLong()).isGreaterThan(500);
        var written = last.values().stream()
                .filter(effect -> effect.path("op").asText().equals("upsert"))
                .findFirst()
                .orElseThrow();
        var trace = stack.call(
                "verifier",
                "GET",
                "/trace/" + written.path("table").asText() + "/"
                        + written.path("key").asText());
        assertThat(trace.path("verdict").asText()).as(trace.toString()).isEqualTo("equal");
        assertThat(trace.path("events")).as(trace.toString()).isNotEmpty();

        var gone = new HashSet<String>();
        try (var sink = stack.connect("sink", "cdc_verifier")) {
            for (var table : TableContents.TABLES) {
                var versions = TableContents.read(sink, table, List.of("version"));
                last.forEach((row, effect) -> {
                    if (!row.startsWith(table + "/")) {
                        return;
                    }
                    var version = versions.get(row.substring(table.length() + 1));
                    if (effect.path("op").asText().equals("delete")) {
                        assertThat(version).as("deleted: %s", row).isNull();
                    } else if (version == null) {
                        gone.add(row);
                    } else {
                        assertThat(Long.parseLong(version.replaceAll("\\D", "")))
                                .as("at least as new as acknowledged: %s", row)
                                .isGreaterThanOrEqualTo(effect.path("version").asLong());
                    }
                });
            }
        }
        // What the ledger's writer did not delete, the duplicate fault did, with all that cascades from it.
        try (var source = stack.connect("source", "cdc_verifier")) {
            for (var table : TableContents.TABLES) {
                assertThat(TableContents.read(source, table, List.of("version")).keySet())
                        .as("gone at the sink, alive at the source")
                        .doesNotContainAnyElementsOf(gone.stream()
                                .map(row -> row.substring(row.indexOf('/') + 1))
                                .toList());
            }
        }
    }

    /** No failure can be injected into such a pipeline, so the way out must not be one. */
    @Test
    @Order(9)
    void aLostSlotIsMendedByANewSnapshot() throws Exception {
        dropTheSlot();
        String lost;
        try (var source = stack.connect("source", "cdc_loader");
                var deleted = source.createStatement()
                        .executeQuery(
                                "DELETE FROM order_items WHERE id = (SELECT id FROM order_items LIMIT 1) RETURNING id")) {
            assertThat(deleted.next()).isTrue();
            lost = deleted.getString(1);
        }
        await("the task refuses to go on behind the gap").atMost(PATIENCE).untilAsserted(() -> {
            var situation = stack.call("verifier", "GET", "/situation").path("situation");
            assertThat(situation.path("broken").toString()).contains("slot", "connector");
            assertThat(situation.path("risk").asText()).startsWith("yes");
        });

        var finished = stack.run("re-snapshot");

        assertThat(finished.exitCode()).as(finished.output()).isZero();
        await("proven equal again")
                .atMost(PATIENCE.multipliedBy(2))
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> stack.verify(Duration.ofSeconds(20)).path("status").asText(), "PASS"::equals);
        try (var sink = stack.connect("sink", "cdc_verifier")) {
            assertThat(TableContents.strings(sink, "SELECT id FROM order_items"))
                    .as("deleted while nobody captured it")
                    .doesNotContain(lost);
        }
    }

    private void dropTheSlot() throws Exception {
        try (var source = stack.connect("source", "cdc_replicator");
                var statement = source.createStatement()) {
            await("the slot is dropped, between two readers")
                    .atMost(PATIENCE)
                    .ignoreExceptions()
                    .until(() -> {
                        statement.execute("SELECT pg_terminate_backend(active_pid, 1000) FROM pg_replication_slots"
                                + " WHERE slot_name = 'cdc_slot' AND active");
                        return statement.execute("SELECT pg_drop_replication_slot('cdc_slot')");
                    });
        }
    }

    /** The last acknowledged effect on each row that no later unanswered commit may have touched. */
    private Map<String, JsonNode> lastAcknowledged() throws IOException {
        var effects = new HashMap<String, JsonNode>();
        var intents = new HashMap<Long, JsonNode>();
        for (var file : stack.ledger()) {
            for (var line : Files.readAllLines(file)) {
                var entry = Stack.JSON.readTree(line);
                var n = entry.path("n").asLong();
                var touched = entry.path("effects");
                switch (entry.path("state").asText()) {
                    case "intent" -> intents.put(n, entry);
                    case "acknowledged" -> touched.forEach(effect -> effects.put(row(effect), effect));
                    case "unknown" -> touched.forEach(effect -> effects.remove(row(effect)));
                    case "failed" -> {}
                    default -> throw new AssertionError(line);
                }
                if (!entry.path("state").asText().equals("intent")) {
                    intents.remove(n);
                }
            }
        }
        intents.values().forEach(intent -> intent.path("effects").forEach(effect -> effects.remove(row(effect))));
        return effects;
    }

    private static String row(JsonNode effect) {
        return effect.path("table").asText() + "/" + effect.path("key").asText();
    }
}
