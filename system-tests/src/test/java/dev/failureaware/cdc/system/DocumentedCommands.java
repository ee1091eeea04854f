package dev.failureaware.cdc.system;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Which test runs each command that a document shows. A command that is neither here nor one of a cluster fails
 * {@link DocumentsTest}.
 */
final class DocumentedCommands {

    /** A command and what must stand in its output. */
    record Step(String command, String... shows) {}

    /** By {@link DocumentedCommandsST}, on one stack, in this order, as they stand in the documents. */
    static final List<Step> ON_THE_STACK = List.of(
            new Step(
                    "SOURCE_SQL=examples/own-tables/tables.sql CONNECTOR_CONFIG=examples/own-tables/connector.json"
                            + " make up",
                    "First PASS"),
            new Step("make up", "already up"),
            new Step(
                    "echo \"INSERT INTO billing.invoices (number, customer, amount) VALUES ('2026-001', 'Ada',"
                            + " 12.50)\" | make source-shell",
                    "ok, 1 rows"),
            new Step("make source-shell", "as cdc_loader"),
            new Step("make status", "PASS"),
            new Step("make status", "billing.invoices"),
            new Step("echo \"SELECT number, customer, amount FROM billing.invoices\" | make sink-shell", "2026-001"),
            new Step("make watch", "All is well"),
            new Step("curl -fsS http://127.0.0.1:8089/report", "PASS"),
            new Step("curl -fsS http://127.0.0.1:8089/lag", "partitions"),
            new Step("curl -fsS http://127.0.0.1:8091/scenario", "canonical-reference"),
            new Step("curl -fsS \"http://127.0.0.1:8091/events?after=0\"", "["),
            new Step("curl -fsS http://127.0.0.1:8083/connectors/shop/status", "RUNNING"),
            new Step("curl -fsS http://127.0.0.1:8090/q/health/well", "UP"),
            new Step("make trigger-restart", "PASS"),
            new Step("make trigger-lag", "PASS"),
            new Step("make trigger-schema", "PASS"),
            new Step("make trigger-duplicate", "PASS"),
            new Step("make trigger-backfill", "PASS"),
            new Step("SCENARIO=examples/own-tables/scenario.json make demo", "PASS"),
            new Step("curl -fsS -X PUT http://127.0.0.1:8083/connectors/shop/stop"),
            new Step(
                    "curl -fsS --retry 20 --retry-delay 1 --retry-all-errors -X DELETE"
                            + " http://127.0.0.1:8083/connectors/shop/offsets",
                    "have been reset"),
            new Step("curl -fsS -X PUT http://127.0.0.1:8083/connectors/shop/resume"),
            new Step("make stop NAME=sink-consumer", "sink-consumer"),
            new Step("make start NAME=sink-consumer", "sink-consumer"));

    /** By {@link OwnSinkST}, likewise. */
    static final List<Step> WITH_ANOTHER_SINK = List.of(
            new Step("mvn -q -f benchmarks/jdbc-sink/pom.xml package"),
            new Step("LEAVE_OUT=sink-consumer CONNECT_PLUGINS=benchmarks/jdbc-sink/target/plugins"
                    + " SINK_SQL=examples/jdbc-sink/tables.sql VERIFIER_SINK_GROUP=connect-jdbc-sink make up"),
            new Step("cp -p .stack/secrets/sink/cdc_sink .stack/secrets/connect/"),
            new Step("sed -e \"s#SECRETS#$PWD/.stack/secrets/connect#\" -e \"s#SINK#127.0.0.1:5433#\""
                    + " examples/jdbc-sink/connector.json > .stack/jdbc-sink.json"),
            new Step(
                    "curl -fsS -X PUT -H 'Content-Type: application/json' -d @.stack/jdbc-sink.json"
                            + " http://127.0.0.1:8083/connectors/jdbc-sink/config",
                    "jdbc-sink"));

    /** What other tests run: the same program with other figures, or the test that a command starts. */
    static final Map<String, String> ELSEWHERE = Map.ofEntries(
            Map.entry("make demo", "CanonicalScenarioST.allFiveFailuresPass"),
            Map.entry("SCENARIO=scenarios/quick.json make demo", "CanonicalScenarioST.allFiveFailuresPass"),
            Map.entry(
                    "SINK_SABOTAGE=ignore-deletes make demo",
                    "BrokenSinkST.aSinkThatIgnoresDeletesFailsTheFirstVerificationAndTheDemoAndTheReportNamesTheRows"),
            Map.entry("make test", "DocumentsTest.everyCommandIsRunByATest"),
            Map.entry(
                    "java -jar chaos-injector/target/quarkus-app/quarkus-run.jar check scenarios/restart-storm.json",
                    "CheckCommandTest"),
            Map.entry(
                    "curl -X POST -H \"Authorization: Bearer $(cat .stack/secrets/api-token)\""
                            + " \"http://127.0.0.1:8090/parked/dismiss?id=7\"",
                    "ParkingIT"),
            Map.entry("make re-snapshot", "CanonicalScenarioST.aLostSlotIsMendedByANewSnapshot"),
            Map.entry("make bench-sink", "BenchmarkIT"),
            Map.entry("make bench-sink PARTS=workloads WORKLOADS=insert-only SINKS=ours,bound", "BenchmarkIT"),
            Map.entry("make bench-sink EVENTS=20000 ROUNDS=1 SECONDS=10", "BenchmarkIT"),
            // Live reload needs a terminal; what it would connect to is tested.
            Map.entry("cd sink-consumer && mvn quarkus:dev", "DevSettingsTest"));

    private DocumentedCommands() {}

    static boolean isRun(String command) {
        return all().contains(command) || isOfACluster(command);
    }

    static List<String> all() {
        var all = new ArrayList<>(ELSEWHERE.keySet());
        ON_THE_STACK.forEach(step -> all.add(step.command()));
        WITH_ANOTHER_SINK.forEach(step -> all.add(step.command()));
        return all;
    }

    /** Files, values and names in them are held to the rendered chart: {@code DocumentedClusterCommandsTest} in chart-tests. */
    static boolean isOfACluster(String command) {
        return command.matches("(kubectl|helm) .*|make kind-(up|demo|down)");
    }
}
