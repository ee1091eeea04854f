package dev.failureaware.cdc.sink.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.failureaware.cdc.sink.decode.Source;
import dev.failureaware.cdc.sink.decode.Source.Snapshot;
import org.junit.jupiter.api.Test;

/** The cases that tell right rules from wrong ones; each was seen in a real stream. */
class WatermarkTest {
    private static final long NOW = 1_700_000_000_000_000L;

    private static Source streamed(long previousCommit, long row, long micros) {
        return new Source(row, previousCommit, micros, Snapshot.NONE);
    }

    @Test
    void anEventStrictlyBelowIsOld() {
        var highest = new Watermark(200, 250, NOW);

        assertThat(Watermark.provesOld(highest, streamed(200, 249, NOW))).isTrue();
        assertThat(Watermark.provesOld(highest, streamed(100, 900, NOW - 1))).isTrue();
    }

    @Test
    void anEqualPositionProvesNothing() {
        // COPY gives up to 97 rows the same lsn; "equal or below" lost a quarter of all events.
        assertThat(Watermark.provesOld(new Watermark(200, 250, NOW), streamed(200, 250, NOW)))
                .isFalse();
    }

    @Test
    void aSmallerRowLsnAfterALaterCommitIsNews() {
        // A transaction that began first and committed last; a watermark on the lsn alone lost 11 % of new events.
        assertThat(Watermark.provesOld(new Watermark(200, 250, NOW), streamed(300, 120, NOW + 1)))
                .isFalse();
    }

    @Test
    void nothingIsProvenWithoutAPreviousCommit() {
        var firstAfterSnapshot = new Source(90, null, NOW + 1, Snapshot.NONE);

        assertThat(Watermark.provesOld(new Watermark(200, 250, NOW), firstAfterSnapshot))
                .isFalse();
        assertThat(Watermark.after(new Watermark(200, 250, NOW), firstAfterSnapshot))
                .as("what was above may legally come again")
                .isNull();
        assertThat(Watermark.provesOld(null, streamed(1, 1, 1))).isFalse();
    }

    @Test
    void aRestoredSourceStartsAnew() {
        var beforeRestore = new Watermark(9_000, 9_100, NOW);
        var afterRestore = streamed(500, 510, NOW + 60_000_000);

        assertThat(Watermark.provesOld(beforeRestore, afterRestore)).isFalse();
        assertThat(Watermark.after(beforeRestore, afterRestore)).isEqualTo(new Watermark(500, 510, NOW + 60_000_000));
    }

    @Test
    void theNewestCommitTimeIsKept() {
        var after = Watermark.after(new Watermark(200, 250, NOW + 5), streamed(300, 310, NOW));

        assertThat(after).isEqualTo(new Watermark(300, 310, NOW + 5));
    }

    @Test
    void aRowReadBesideTheStreamIsNeverOldAndMovesNothing() {
        var highest = new Watermark(200, 250, NOW);
        var read = new Source(150, 150L, NOW - 1, Snapshot.INCREMENTAL);

        assertThat(Watermark.provesOld(highest, read)).isFalse();
        assertThat(Watermark.after(highest, read)).isEqualTo(highest);
    }
}
