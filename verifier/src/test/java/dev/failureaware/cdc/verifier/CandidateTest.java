package dev.failureaware.cdc.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.failureaware.cdc.verifier.Look.Finding;
import dev.failureaware.cdc.verifier.Look.Seen;
import java.util.List;
import org.junit.jupiter.api.Test;

class CandidateTest {
    private static final Seen V1 = new Seen(1, 100, 1);
    private static final Seen V2 = new Seen(2, 200, 1);
    private static final Seen SINK_A = new Seen(8, 100, 1);
    private static final Seen SINK_A_WRITTEN_AGAIN = new Seen(9, 100, 1);

    private final Candidate candidate = new Candidate(List.of("1"));

    @Test
    void equalRowsSettleAtOnce() {
        candidate.seen(new Look(V1, SINK_A, V1));

        assertThat(candidate.settled()).isTrue();
        assertThat(candidate.isDifferent()).isFalse();
    }

    @Test
    void aRowWrittenDuringTheLookSaysNothing() {
        candidate.seen(new Look(V1, SINK_A, V2));
        candidate.seen(new Look(V1, Seen.NOTHING, V2));

        assertThat(candidate.settled()).isFalse();
        assertThat(candidate.finding()).isEqualTo(Finding.CHANGING);
    }

    @Test
    void aDifferenceIsFinalAtTheSecondLook() {
        candidate.seen(new Look(V2, SINK_A, V2));
        assertThat(candidate.settled()).isFalse();

        candidate.seen(new Look(V2, SINK_A, V2));

        assertThat(candidate.isDifferent()).isTrue();
        assertThat(candidate.finding()).isEqualTo(Finding.MISMATCH);
    }

    @Test
    void anotherDifferenceStartsAnew() {
        candidate.seen(new Look(V2, SINK_A, V2));
        candidate.seen(new Look(V2, Seen.NOTHING, V2));

        assertThat(candidate.settled()).isFalse();
    }

    @Test
    void aKeyThatComesAndGoesIsNoOrphan() {
        candidate.seen(new Look(Seen.NOTHING, SINK_A, Seen.NOTHING));
        candidate.seen(new Look(Seen.NOTHING, SINK_A_WRITTEN_AGAIN, Seen.NOTHING));

        assertThat(candidate.settled()).isFalse();
    }

    @Test
    void aRowThatOutlivesTwoFencesAtTheSinkIsAnOrphan() {
        candidate.seen(new Look(Seen.NOTHING, SINK_A, Seen.NOTHING));
        candidate.seen(new Look(Seen.NOTHING, SINK_A, Seen.NOTHING));

        assertThat(candidate.isDifferent()).isTrue();
        assertThat(candidate.finding()).isEqualTo(Finding.ORPHAN);
    }

    @Test
    void equalRowsOfTablesWithoutAKeyAreCounted() {
        var three = new Seen(1, 100, 3);
        var five = new Seen(8, 100, 5);
        candidate.seen(new Look(three, five, three));
        candidate.seen(new Look(three, five, three));

        assertThat(candidate.finding()).isEqualTo(Finding.ORPHAN);
        assertThat(candidate.rows()).isEqualTo(2);
    }
}
