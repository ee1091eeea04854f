package dev.failureaware.cdc.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.failureaware.cdc.model.Verdict;
import org.junit.jupiter.api.Test;

class HappeningsTest {
    private final Happenings happenings = new Happenings();
    private final Situations situations = new Situations(Proof.NOTHING);
    private final PlayedLook look = new PlayedLook();

    @Test
    void whatBreaksAndComesBackIsToldOnceEach() {
        look();
        look.after(1).connector(null);
        look();
        look.after(1);
        look();
        look.after(1).connector("RUNNING", "RUNNING");
        look();
        look.after(5).verified(Verdict.PASS, null);
        look();

        assertThat(happenings.all())
                .extracting(happening -> happening.subject() + " " + happening.text())
                .containsExactly(
                        "verifier PASS",
                        "connector is down (Kafka Connect does not answer for it)",
                        "connector runs (Debezium, 1 task)",
                        "verifier well again after 7 s: all rows agree");
    }

    @Test
    void eventsOnTheirWayAreNoNewsAndAVerdictThatChangesIs() {
        look();
        look.after(5).verified(Verdict.SYNC_IN_PROGRESS, "on their way");
        look();
        look.after(5).verified(Verdict.PASS, null);
        look();
        look.after(5).verified(Verdict.FAIL, "2 rows");
        look();

        assertThat(happenings.all())
                .filteredOn(happening -> happening.subject().equals("verifier"))
                .extracting(Happenings.Happening::text)
                .containsExactly("PASS", "FAIL: 2 rows");
    }

    @Test
    void theOldestAreForgotten() throws Exception {
        var event = new ObjectMapper()
                .readTree(
                        "{\"n\": 1, \"at\": \"2026-11-22T15:00:00Z\", \"failure\": null, \"phase\": \"heal\", \"text\": \"done\"}");
        for (var n = 0; n < Happenings.KEPT + 5; n++) {
            happenings.injector(event);
        }

        assertThat(happenings.all()).hasSize(Happenings.KEPT);
        assertThat(happenings.takeFresh()).hasSize(Happenings.KEPT + 5);
        assertThat(happenings.takeFresh()).isEmpty();
    }

    private void look() {
        happenings.look(look.observation().at(), look.parts(), look.report(), look.in(situations));
    }
}
