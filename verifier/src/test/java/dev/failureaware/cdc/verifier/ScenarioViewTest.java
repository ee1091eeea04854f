package dev.failureaware.cdc.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ScenarioViewTest {
    private static final Instant NOW = Instant.parse("2026-11-22T15:01:10Z");
    private static final String SCENARIO = """
            {"state": "%s", "run": "r-1", "verdict": %s, "started_at": "2026-11-22T15:00:00Z",
             "scenario": {"name": "Three", "failures": [
               {"id": "a", "type": "restart", "delay_seconds": 30, "description": "kill it", "expected_outcome": "it returns"},
               {"id": "b", "type": "lag", "delay_seconds": 30},
               {"id": "c", "type": "schema", "delay_seconds": 30}]},
             "now": {"failure": "b", "phase": "inject"},
             "under_way": %s,
             "failures": [{"id": "a", "verdict": "PASS", "injected_at": "2026-11-22T15:00:30Z",
               "time_to_consistency_seconds": 4.25, "max_lag_events": 120, "duplicates_absorbed": 1, "rows_lost": 0, "detail": ""}]}""";

    @Test
    void aRunSaysWhatWasWhatIsAndWhatComesNext() throws Exception {
        var view = view("running", "null", "{\"id\": \"b\", \"injected_at\": \"2026-11-22T15:01:00Z\"}");

        assertThat(view.running()).isTrue();
        assertThat(view.words()).isEqualTo("Three: running for 1 min 10 s, 1 of 3 done");
        assertThat(view.failures())
                .extracting(failure -> failure.stage() + ": " + failure.words())
                .containsExactly(
                        "done: all rows agreed 4.3 s after it was lifted; 120 events of lag at most; 1 duplicate absorbed;"
                                + " 0 rows wrong",
                        "now: injected 10 s ago",
                        "next: due in 20 s");
        assertThat(view.failures().get(0).verdict()).isEqualTo("PASS");
    }

    @Test
    void whatIsDueNextIsSaidBeforeItBegins() throws Exception {
        var text = SCENARIO.formatted("running", "null", "null").replace("\"failure\": \"b\"", "\"failure\": null");

        assertThat(ScenarioView.of(new ObjectMapper().readTree(text), NOW).failures())
                .extracting(ScenarioView.Failure::stage)
                .containsExactly("done", "next", "coming");
    }

    @Test
    void whatIsDueWhileAnotherLastsWaitsForIt() throws Exception {
        var text = SCENARIO.formatted("running", "null", "null");

        var late = ScenarioView.of(new ObjectMapper().readTree(text), NOW.plusSeconds(60));

        assertThat(late.failures().get(2).words()).isEqualTo("due as soon as the one before it is over");
    }

    @Test
    void aFaultThatIsLiftedIsNotOverBeforeBothSidesAreProvenEqual() throws Exception {
        var view = view(
                "running",
                "null",
                "{\"id\": \"b\", \"injected_at\": \"2026-11-22T15:01:00Z\", \"reverted_at\": \"2026-11-22T15:01:05Z\"}");

        assertThat(view.failures().get(1).words())
                .contains("lifted 5 s ago")
                .contains("own verification has not passed yet");
    }

    @Test
    void aRunThatHasEndedSaysItsVerdict() throws Exception {
        var view = view("finished", "\"FAIL\"", "null");

        assertThat(view.running()).isFalse();
        assertThat(view.verdict()).isEqualTo("FAIL");
        assertThat(view.words()).isEqualTo("Three: FAIL");
        assertThat(view.failures().get(2).words()).isEqualTo("due at t=90 s");
    }

    private static ScenarioView view(String state, String verdict, String underWay) throws Exception {
        return ScenarioView.of(new ObjectMapper().readTree(SCENARIO.formatted(state, verdict, underWay)), NOW);
    }
}
