package dev.failureaware.cdc.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.failureaware.cdc.model.Verdict;
import dev.failureaware.cdc.verifier.Observation.Answer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a person reads at the top of the dashboard, from the first trouble to the proof that it is over. */
class SituationsTest {
    private final Situations situations = new Situations(Proof.NOTHING);
    private final PlayedLook look = new PlayedLook();

    @Test
    void aPipelineInOrderSaysWhenItWasProven() {
        var situation = look.after(2).in(situations);

        assertThat(situation.state()).isEqualTo(PartState.WELL);
        assertThat(situation.sentence())
                .isEqualTo("All is well: source and sink agree in all 100 rows, proven 2 s ago.");
        assertThat(situation.risk()).isEqualTo("no");
        assertThat(situation.broken()).isEmpty();
    }

    @Test
    void aConnectorThatDiesIsToldFromItsFallToTheProofThatAllRowsAgree() {
        look.in(situations);
        look.after(1).connector(null).slot(false, "reserved").in(situations);

        var down = look.after(12).in(situations);
        var starting = look.after(1).connector("RUNNING", "UNASSIGNED").in(situations);
        var unread = look.after(1).connector("RUNNING", "RUNNING").in(situations);
        var behind = look.after(1).slot(true, "reserved").lag(50L).in(situations);
        var oldProof = look.after(1).lag(0L).in(situations);
        var again = look.after(15).verified(Verdict.PASS, null).in(situations);

        assertThat(down.sentence())
                .isEqualTo("The connector is down for 12 s. Nothing is lost: the source keeps what it has not sent"
                        + " (4.1 MB of WAL).");
        assertThat(down.broken()).containsExactly("connector");
        assertThat(down.risk()).startsWith("no: ");
        assertThat(starting.sentence()).startsWith("The connector is starting; all else answers. Nothing is lost");
        assertThat(unread.sentence()).startsWith("Nobody reads the slot yet");
        assertThat(behind.sentence())
                .isEqualTo("All parts run again; the sink catches up: 50 events left. It began 15 s ago.");
        assertThat(oldProof.sentence())
                .as("a verification that began before the end of the trouble proves nothing")
                .startsWith("All parts run again; whether all rows agree is being verified.");
        assertThat(again.sentence()).isEqualTo("Well again after 31 s: all rows agree.");
        assertThat(again.troubleFor()).isEqualTo("31 s");
        assertThat(look.after(60).verified(Verdict.PASS, null).in(situations).sentence())
                .as("no news any more")
                .startsWith("All is well");
    }

    @Test
    void aVerificationThatBeganInTheTroubleEndsItNot() {
        look.consumer(Answer.NO).in(situations);
        look.after(10).in(situations);
        look.consumer(Answer.YES).after(0).verified(Verdict.PASS, null);

        assertThat(look.in(situations).wellAgainAt()).as("it began 1 s before").isNull();
        assertThat(look.after(1).verified(Verdict.PASS, null).in(situations).wellAgainAt())
                .isNotNull();
    }

    @Test
    void aSinkConsumerThatIsAwayLeavesItsEventsInKafka() {
        look.consumer(Answer.NO).in(situations);

        assertThat(look.after(12).lag(240L).in(situations).sentence())
                .isEqualTo("The sink-consumer is down for 12 s. Nothing is lost: 240 events wait in Kafka.");
        assertThat(look.lag(null).in(situations).sentence()).endsWith("Nothing is lost: the events wait in Kafka.");
    }

    @Test
    void theCauseIsNamedBeforeWhatFollowsFromIt() {
        var situation =
                look.sink(Answer.NO).consumer(Answer.NOT_READY).lag(null).in(situations);

        assertThat(situation.sentence())
                .startsWith("The sink does not answer for 0 s. Also: the sink-consumer is not ready.");
        assertThat(situation.broken()).containsExactly("sink", "sink-consumer");
    }

    @Test
    void logThatIsLostIsARisk() {
        var lost = look.connector("RUNNING", "FAILED").slot(false, "lost").in(situations);

        assertThat(lost.risk()).startsWith("yes");
        assertThat(lost.sentence()).contains("Data is at risk: the source has removed log");
        assertThat(look.slot(false, null).in(situations).risk()).startsWith("yes");
        assertThat(look.slot(false, "unreserved").in(situations).risk()).startsWith("yes");
    }

    @Test
    void eventsThatKafkaRemovedTooEarlyAreARisk() {
        var gone = look.consumer(Answer.NO).removed(7).in(situations);

        assertThat(gone.risk()).isEqualTo("yes: Kafka has removed events that were not applied");
        assertThat(gone.sentence())
                .contains("Kafka has removed what was not applied")
                .doesNotContain("Nothing is lost");
        assertThat(gone.broken()).contains("topic");
    }

    @Test
    void afterAGapNothingIsSafeUntilItIsProven() {
        look.in(situations);
        look.after(1).connector("RUNNING", "FAILED").slot(false, null).in(situations);

        var stopped = look.after(9).connector("STOPPED").slot(false, "reserved").in(situations);
        var unread = look.after(1).connector("RUNNING", "RUNNING").in(situations);
        var read = look.after(1).slot(true, "reserved").in(situations);
        var again = look.after(9).verified(Verdict.PASS, null).in(situations);
        var next = look.after(60).connector(null).in(situations);

        assertThat(List.of(stopped, unread, read)).allSatisfy(situation -> {
            assertThat(situation.risk()).startsWith("yes: changes were kept by nobody");
            assertThat(situation.sentence()).doesNotContain("Nothing is lost");
        });
        assertThat(again.sentence()).startsWith("Well again");
        assertThat(next.risk()).as("another trouble, without a gap").startsWith("no: ");
    }

    @Test
    void nothingIsPromisedWhileTheSourceIsAway() {
        var away = look.source(Answer.NO).in(situations);

        assertThat(away.sentence()).startsWith("The source does not answer").doesNotContain("Nothing is lost");
        assertThat(away.risk()).startsWith("not known");
    }

    @Test
    void aSinkThatIsWrongIsSaidWithItsRows() {
        var wrong = look.verified(Verdict.FAIL, "orders: 2 rows are at the sink only")
                .in(situations);
        var both = look.after(1).connector(null).in(situations);
        var mended = look.after(9)
                .connector("RUNNING", "RUNNING")
                .after(2)
                .verified(Verdict.PASS, null)
                .in(situations);

        assertThat(wrong.sentence()).isEqualTo("The sink is wrong: orders: 2 rows are at the sink only.");
        assertThat(wrong.risk()).startsWith("yes");
        assertThat(wrong.broken()).containsExactly("sink");
        assertThat(both.sentence()).startsWith("The connector is down").contains("And the sink is wrong: orders");
        assertThat(mended.sentence()).isEqualTo("Well again after 12 s: all rows agree.");
    }

    @Test
    void aSinkThatWasProvenWrongStaysSoWhileNothingCanBeProven() {
        look.verified(Verdict.FAIL, "orders: 2 rows are at the sink only").in(situations);

        var inFlight = look.after(5)
                .verified(Verdict.SYNC_IN_PROGRESS, "events are on their way")
                .in(situations);
        var away = look.after(5)
                .consumer(Answer.NO)
                .verified(Verdict.UNKNOWN, "the fence was not reached")
                .in(situations);
        var back = look.after(5).consumer(Answer.YES).in(situations);
        var equal = look.after(5).verified(Verdict.PASS, null).in(situations);

        assertThat(inFlight.sentence())
                .isEqualTo(
                        "The sink was proven to be wrong 5 s ago, and nothing is proven since: orders: 2 rows are at the"
                                + " sink only.");
        assertThat(inFlight.broken()).containsExactly("sink");
        assertThat(away.sentence()).startsWith("The sink-consumer is down").contains("was proven to be wrong 10 s ago");
        assertThat(away.risk()).startsWith("yes");
        assertThat(back.state()).isEqualTo(PartState.BROKEN);
        assertThat(back.risk()).startsWith("yes");
        assertThat(equal.sentence()).isEqualTo("Well again after 20 s: all rows agree.");
    }

    @Test
    void aVerifierThatWasStartedAnewSaysWhatIsProvenAndNotMore() {
        look.verified(Verdict.PASS, null).after(20).restarted();

        var begun = look.in(new Situations(look.proof()));
        var behindAFailure = look.verified(Verdict.FAIL, "2 rows").after(20).restarted();
        var life = new Situations(behindAFailure.proof());
        var wrong = behindAFailure.in(life);
        var mended = behindAFailure.after(9).verified(Verdict.PASS, null).in(life);

        assertThat(begun.state()).isEqualTo(PartState.BUSY);
        assertThat(begun.sentence())
                .startsWith("All parts answer; the verifier has just been started")
                .endsWith("20 s ago.");
        assertThat(begun.risk()).isEqualTo("being verified");
        assertThat(wrong.state()).isEqualTo(PartState.BROKEN);
        assertThat(wrong.sentence()).contains("was proven to be wrong 20 s ago");
        assertThat(mended.troubleFor()).isEqualTo("29 s");
    }

    @Test
    void wellAgainIsNotSaidOfTheTroubleBefore() {
        look.consumer(Answer.NO).in(situations);
        var again = look.after(5)
                .consumer(Answer.YES)
                .after(2)
                .verified(Verdict.PASS, null)
                .in(situations);

        assertThat(again.wellAgainAt()).isNotNull();
        assertThat(look.after(5).consumer(Answer.NO).in(situations).wellAgainAt())
                .isNull();
    }

    @Test
    void whatNoPartShowsIsSaidBesideThem() {
        var hazard = look.verified(
                        Verdict.PASS,
                        null,
                        List.of(
                                new Report.Finding("slot", "source", "the replication slot is not active"),
                                new Report.Finding("connector_settings", "connect", "errors.tolerance is all: …")))
                .in(situations);

        assertThat(hazard.state()).isEqualTo(PartState.WELL);
        assertThat(hazard.attention()).containsExactly("connect: errors.tolerance is all: …");
        assertThat(hazard.risk()).isEqualTo("not now, but by a setting: errors.tolerance is all: …");
    }

    @Test
    void withoutAProofNothingIsWell() {
        var nothing = look.neverVerified().in(situations);
        var old = look.verified(Verdict.PASS, null)
                .after(61)
                .verified(Verdict.UNKNOWN, "the fence was not reached")
                .in(situations);

        assertThat(nothing.state()).isEqualTo(PartState.UNKNOWN);
        assertThat(nothing.sentence()).isEqualTo("Not known yet: no verification has finished yet.");
        assertThat(old.state()).isEqualTo(PartState.BUSY);
        assertThat(old.sentence()).contains("last proven equal 1 min 1 s ago: the fence was not reached");
    }

    @Test
    void aStackThatStartsIsNoTrouble() {
        var starting = look.neverVerified().connector(null).slot(false, null).in(situations);
        var lost = look.slot(false, "lost").in(situations);
        var up = look.connector("RUNNING", "RUNNING")
                .slot(true, "reserved")
                .after(9)
                .verified(Verdict.PASS, null)
                .in(situations);

        assertThat(starting.title()).isEqualTo("Not up yet");
        assertThat(starting.state()).isEqualTo(PartState.BUSY);
        assertThat(starting.sentence()).startsWith("Not up yet: the slot").endsWith("Nothing is verified yet.");
        assertThat(starting.broken()).contains("slot", "connector");
        assertThat(lost.risk()).as("a log that is gone is told at any time").startsWith("yes");
        assertThat(up.title()).as("and not: well again").isEqualTo("All is well");
    }

    @Test
    void theTitleStaysWhileOnlyFiguresChange() {
        var first = look.connector(null).in(situations);
        var later = look.after(5).in(situations);

        assertThat(later.title()).isEqualTo(first.title());
        assertThat(later.sentence()).isNotEqualTo(first.sentence());
    }
}
