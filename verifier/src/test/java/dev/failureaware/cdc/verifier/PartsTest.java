package dev.failureaware.cdc.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.failureaware.cdc.model.Verdict;
import dev.failureaware.cdc.verifier.Observation.Answer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PartsTest {
    private final PlayedLook look = new PlayedLook();

    @Test
    void allPartsAreThereInTheOrderOfARowsWay() {
        assertThat(look.parts())
                .extracting(Part::name)
                .containsExactly("source", "slot", "connector", "topic", "sink-consumer", "sink");
        assertThat(look.parts()).allMatch(part -> part.is(PartState.WELL));
    }

    @ParameterizedTest
    @CsvSource({
        "RUNNING, RUNNING, WELL, runs",
        "RUNNING, FAILED, BROKEN, has a task that failed",
        "RUNNING, UNASSIGNED, BUSY, is starting",
        "STOPPED, , BROKEN, is stopped",
        "PAUSED, PAUSED, BROKEN, is paused",
        "FAILED, , BROKEN, has failed"
    })
    void aConnectorIsWhatItAndItsTasksSay(String state, String task, PartState expected, String word) {
        var connector = task == null ? look.connector(state) : look.connector(state, task);

        assertThat(connector.part(Part.CONNECTOR))
                .extracting(Part::state, Part::word)
                .containsExactly(expected, word);
    }

    @Test
    void aConnectorThatNobodyAnswersForIsDown() {
        look.connector(null).slot(false, "reserved");

        assertThat(look.part(Part.CONNECTOR).word()).isEqualTo("is down");
        assertThat(look.part(Part.SLOT))
                .as("the slot is there, it only waits")
                .extracting(Part::state, Part::word)
                .containsExactly(PartState.BUSY, "nobody reads it");
    }

    @Test
    void aSlotThatIsGoneOrLosesItsLogIsBroken() {
        assertThat(look.slot(false, null).part(Part.SLOT).word()).isEqualTo("is missing");
        assertThat(look.slot(false, "lost").part(Part.SLOT).word()).isEqualTo("has lost its log");
        assertThat(look.slot(true, "unreserved").part(Part.SLOT).is(PartState.BROKEN))
                .isTrue();
    }

    @Test
    void aSlotThatNobodySpeaksOfIsNotMissing() {
        assertThat(look.slot(Answer.NOT_READY).part(Part.SLOT).is(PartState.UNKNOWN))
                .as("the question was not answered in time")
                .isTrue();
        assertThat(look.slot(Answer.NOT_ASKED).part(Part.SLOT).is(PartState.UNKNOWN))
                .as("not Debezium reads the source")
                .isTrue();
    }

    @Test
    void whatOnlyTheSourceCanTellIsUnknownWhileItIsAway() {
        look.source(Answer.NO);

        assertThat(look.part(Part.SOURCE).is(PartState.BROKEN)).isTrue();
        assertThat(look.part(Part.SLOT).is(PartState.UNKNOWN)).isTrue();
    }

    @Test
    void aSinkConsumerThatIsBehindCatchesUp() {
        assertThat(look.lag(Parts.BEHIND_EVENTS).part(Part.SINK_CONSUMER).is(PartState.WELL))
                .isTrue();
        assertThat(look.lag(Parts.BEHIND_EVENTS + 1).part(Part.SINK_CONSUMER).word())
                .isEqualTo("catches up");
        assertThat(look.consumer(Answer.NO).part(Part.SINK_CONSUMER).word()).isEqualTo("is down");
    }

    @Test
    void aSinkConsumerToWhichNothingComesWaits() {
        assertThat(look.lag(0L).rows(0).part(Part.SINK_CONSUMER))
                .extracting(Part::state, Part::word)
                .containsExactly(PartState.WELL, "waits");
        assertThat(look.lag(0L).rows(7).part(Part.SINK_CONSUMER).word()).isEqualTo("applies");
    }

    @Test
    void aSinkThatIsProvenToBeWrongIsBroken() {
        look.verified(Verdict.FAIL, "orders: 2 rows are at the sink only");

        assertThat(look.part(Part.SINK))
                .extracting(Part::state, Part::word, Part::detail)
                .containsExactly(PartState.BROKEN, "is wrong", "2 rows differ");
        look.verified(Verdict.UNKNOWN, "the fence was not reached");
        assertThat(look.part(Part.SINK).word()).as("nothing was proven since").isEqualTo("is wrong");
    }

    @Test
    void whatIsNotAskedIsUnknownAndNothingIsBroken() {
        look.kafka(Answer.NOT_ASKED).consumer(Answer.NOT_ASKED).lag(null);

        assertThat(List.of(look.part(Part.TOPIC), look.part(Part.SINK_CONSUMER)))
                .allMatch(part -> part.is(PartState.UNKNOWN));
    }
}
