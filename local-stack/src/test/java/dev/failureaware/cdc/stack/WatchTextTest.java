package dev.failureaware.cdc.stack;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WatchTextTest {
    private static final String LIVE = """
            {"situation": {"state": "broken", "title": "The connector is down",
               "sentence": "The connector is down for 12 s. Nothing is lost.", "broken": ["connector"],
               "risk": "no: the source keeps what is not sent", "provenAt": "2026-11-22T15:00:00Z",
               "attention": ["connect: errors.tolerance is all"]},
             "parts": [{"name": "connector", "state": "broken", "word": "is down", "detail": "nobody answers", "waits": ""}],
             "samples": [{"lag": 4, "retainedWalBytes": 4200000, "sourceCommitsPerSecond": 20.4}],
             "report": {"tables": {"public.orders": {"status": "PASS", "counts": {"source": 7, "sink": 7},
               "missing": 0, "orphans": 0, "mismatches": 0}}},
             "scenario": {"words": "Five: running for 40 s, 0 of 5 done", "failures": [
               {"id": "restart-recovery", "stage": "now", "words": "injected 12 s ago"},
               {"id": "consumer-lag", "stage": "done", "verdict": "PASS", "words": "all rows agreed"}]},
             "log": [{"at": "2026-11-22T15:00:00Z", "subject": "slot", "text": "old"},
               {"at": "2026-11-22T15:00:01Z", "subject": "connector", "text": "is down", "state": "broken"}]}""";

    @Test
    void itSaysWhatTheDashboardSays() {
        assertThat(WatchText.of(Json.parse(LIVE), 1))
                .startsWith("The connector is down for 12 s. Nothing is lost.\n")
                .contains("broken now: connector | data at risk? no: the source keeps what is not sent")
                .contains("\n! connect: errors.tolerance is all\n")
                .containsPattern("connector +broken +is down +nobody answers")
                .contains("lag 4 events | retained WAL 4,200 kB | 20 commits/s | ? rows/s applied | ? rows differ")
                .containsPattern("public.orders +PASS +7 +7 +0 +0 +0")
                .contains("Five: running for 40 s, 0 of 5 done")
                .containsPattern("restart-recovery +now +injected 12 s ago")
                .containsPattern("consumer-lag +PASS +all rows agreed")
                .containsPattern("connector +is down\n$")
                .doesNotContain("old");
    }

    @Test
    void noValueSteersTheTerminal() {
        var live = Json.parse(LIVE.replace("\"text\": \"is down\"", "\"text\": \"key \\u001b[2J\""));

        assertThat(WatchText.of(live, 1)).contains("key ?[2J").doesNotContain("\033");
    }

    @Test
    void aVerifierThatIsAwayIsSaid() {
        assertThat(WatchText.of(Json.parse("{}"), 1)).isEqualTo("The verifier does not answer.\n");
        assertThat(WatchText.sentence(Json.parse("{}"))).isEqualTo("The verifier does not answer.");
    }
}
