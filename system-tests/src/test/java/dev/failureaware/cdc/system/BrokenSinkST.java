package dev.failureaware.cdc.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A sink that is wrong must not pass. */
class BrokenSinkST {
    private final Stack stack = new Stack(
            "broken-sink",
            Map.of(
                    "SINK_SABOTAGE", "ignore-deletes",
                    "LOAD_RATE", System.getProperty("soak.rate", "20"),
                    "VERIFIER_EVERY", "off"));
    private Optional<DashboardWatch> watch = Optional.empty();

    @BeforeEach
    void clean() {
        assertThat(stack.run("clean").exitCode()).isZero();
    }

    @AfterEach
    void down() {
        stack.run("down");
    }

    @Test
    void aSinkThatIgnoresDeletesFailsTheFirstVerificationAndTheDemoAndTheReportNamesTheRows() throws Exception {
        var up = stack.run("up");
        assertThat(up.exitCode()).as(up.output()).isZero();
        try (var source = stack.connect("source", "cdc_loader");
                var statement = source.createStatement()) {
            assertThat(statement.executeUpdate(
                            "DELETE FROM order_items WHERE id = (SELECT id FROM order_items ORDER BY id LIMIT 1)"))
                    .isEqualTo(1);
        }

        var first = stack.firstVerdict();

        assertThat(first.path("status").asText()).as(first.toString()).isEqualTo("FAIL");
        assertThat(first.at("/tables/order_items/orphans").asLong()).isPositive();
        assertThat(first.at("/tables/order_items/missing").asLong()).isZero();

        var scenario = Path.of(getClass().getResource("/deletes-scenario.json").toURI())
                .toString();

        var demo = runWatched(scenario);

        assertThat(demo.exitCode()).as(demo.output()).isEqualTo(1);
        var report = stack.report();
        assertThat(report.path("verdict").asText()).isEqualTo("FAIL");
        var orphans = StreamSupport.stream(
                        report.at("/final_verification/tables").spliterator(), false)
                .flatMap(table -> StreamSupport.stream(table.path("differences").spliterator(), false))
                .filter(difference -> difference.path("class").asText().equals("orphan"))
                .map(difference -> difference.path("key").asText())
                .toList();
        assertThat(orphans).isNotEmpty();
        assertThat(demo.output()).as("what a person reads").contains(orphans.get(0));
        var shown = Browser.require(watch);
        assertThat(shown.brokenParts()).as("parts that were shown as broken").contains("sink");
        assertThat(shown.keys()).as("rows that were shown").containsAnyElementsOf(orphans);
        assertThat(shown.sentences()).anyMatch(sentence -> sentence.contains("The sink is wrong: "));
        assertThat(shown.runs()).as("the verdict of the run").anyMatch(run -> run.endsWith("FAIL"));
    }

    private Stack.Finished runWatched(String scenario) throws InterruptedException {
        try (var browser = Browser.ifInstalled().orElse(null);
                var watching = browser == null ? null : new DashboardWatch(browser, stack.dashboard(), "broken-sink")) {
            watch = Optional.ofNullable(watching);
            var demo = stack.run(Map.of("SCENARIO", scenario), "demo");
            watch.ifPresent(DashboardWatch::awaitVerdict);
            return demo;
        }
    }
}
