package dev.failureaware.cdc.sink.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.failureaware.cdc.model.TableId;
import dev.failureaware.cdc.sink.decode.ColumnShape;
import dev.failureaware.cdc.sink.decode.Decoded;
import dev.failureaware.cdc.sink.decode.Operation;
import dev.failureaware.cdc.sink.decode.Source;
import dev.failureaware.cdc.sink.decode.Source.Snapshot;
import dev.failureaware.cdc.sink.decode.SourceType;
import dev.failureaware.cdc.sink.decode.TableShape;
import dev.failureaware.cdc.sink.decode.ValueForm;
import dev.failureaware.cdc.sink.plan.PartitionState.SnapshotStart;
import dev.failureaware.cdc.sink.plan.Plan.SnapshotMark;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class BatchPlannerTest {
    private static final TableId TABLE = new TableId("public", "t");
    private static final TableShape SHAPE = new TableShape(
            TABLE,
            List.of(
                    new ColumnShape("id", SourceType.of("int4"), false, null, ValueForm.PLAIN),
                    new ColumnShape("text", SourceType.of("text"), true, null, ValueForm.PLAIN)),
            List.of("id"));
    private static final TopicPartition P0 = new TopicPartition("shop.public.t", 0);
    private static final TopicPartition P1 = new TopicPartition("shop.public.t", 1);
    private static final Map<TopicPartition, PartitionState> START =
            Map.of(P0, new PartitionState(10, null), P1, new PartitionState(20, null));

    private static Source streamed(Long previousCommit, long row) {
        return new Source(row, previousCommit, row, Snapshot.NONE);
    }

    private static Decoded upsert(long offset, String key, String text, Source source) {
        return new Decoded.Upsert(P0, offset, SHAPE, Operation.UPDATE, List.of(key), Arrays.asList(key, text), source);
    }

    private static Decoded delete(long offset, String key, Source source) {
        return new Decoded.Delete(P0, offset, SHAPE, List.of(key), source, false);
    }

    private static Decoded snapshotRow(TopicPartition partition, long offset, String key, long lsn, Snapshot marker) {
        return new Decoded.Upsert(
                partition,
                offset,
                SHAPE,
                Operation.SNAPSHOT_READ,
                List.of(key),
                List.of(key, "s"),
                new Source(lsn, null, lsn, marker));
    }

    private static Plan plan(Decoded... events) {
        return BatchPlanner.plan(List.of(events), START, List.of());
    }

    private static List<List<String>> rows(Plan plan) {
        return plan.tables().get(0).upserts().stream()
                .flatMap(group -> group.rows().stream())
                .map(Plan.RowUpsert::values)
                .toList();
    }

    @Test
    void theLastStateOfEachRowIsWritten() {
        var plan = plan(
                upsert(10, "1", "a", streamed(100L, 110)),
                upsert(11, "2", "b", streamed(100L, 120)),
                upsert(12, "1", "c", streamed(130L, 140)));

        assertThat(rows(plan)).containsExactly(List.of("1", "c"), List.of("2", "b"));
        assertThat(plan.advances().get(P0).from()).isEqualTo(10);
        assertThat(plan.advances().get(P0).to()).isEqualTo(new PartitionState(13, new Watermark(130, 140, 140)));
        assertThat(plan.advances()).doesNotContainKey(P1);
    }

    @Test
    void aRowDeletedAndInsertedAgainIsOnlyWritten() {
        var plan = plan(
                delete(10, "1", streamed(100L, 110)),
                upsert(11, "1", "again", streamed(100L, 120)),
                upsert(12, "2", "gone soon", streamed(100L, 130)),
                delete(13, "2", streamed(100L, 140)));

        assertThat(rows(plan)).containsExactly(List.of("1", "again"));
        assertThat(plan.tables().get(0).deletes())
                .extracting(Plan.RowDelete::key)
                .containsExactly(List.of("2"));
    }

    @Test
    void aReplayedSuffixIsAbsorbedAndCounted() {
        var plan = plan(
                upsert(10, "1", "a", streamed(100L, 110)),
                upsert(11, "1", "b", streamed(120L, 130)),
                upsert(12, "1", "a", streamed(100L, 110)),
                upsert(13, "1", "b", streamed(120L, 130)));

        assertThat(rows(plan)).containsExactly(List.of("1", "b"));
        assertThat(plan.duplicates())
                .as("the last event equals the watermark, which proves nothing")
                .isEqualTo(1);
        assertThat(plan.advances().get(P0).to().nextOffset()).isEqualTo(14);
    }

    /** How long a commit took to the sink is told once for it, and not at all by what is no news. */
    @Test
    void commitsAreToldOnceForAllTheirRowsAndNotForSnapshotsAndDuplicates() {
        var first = new Source(110, 100L, 1_000_000, Snapshot.NONE);
        var sameCommit = new Source(120, 100L, 1_000_000, Snapshot.NONE);
        var sameMoment = new Source(124, 122L, 1_009_999, Snapshot.NONE);
        var second = new Source(130, 126L, 1_010_000, Snapshot.NONE);

        var plan = plan(
                upsert(10, "1", "a", first),
                upsert(11, "2", "a", sameCommit),
                upsert(12, "2", "b", sameMoment),
                upsert(13, "1", "b", second),
                upsert(14, "1", "a", first),
                snapshotRow(P1, 20, "3", 500, Snapshot.PART));

        assertThat(plan.duplicates()).isEqualTo(1);
        assertThat(plan.commits()).containsExactly(1_000_000L, 1_010_000L);
    }

    @Test
    void recordsBelowTheStoredOffsetAreNotTakenAgain() {
        var plan = plan(upsert(9, "1", "old", streamed(100L, 110)));

        assertThat(plan.tables()).isEmpty();
        assertThat(plan.advances()).isEmpty();
    }

    @Test
    void anUnchangedToastedValueKeepsWhatTheBatchKnows() {
        var plan = plan(
                upsert(10, "1", "long", streamed(100L, 110)),
                upsert(11, "1", ValueForm.UNAVAILABLE, streamed(120L, 130)));

        assertThat(rows(plan)).containsExactly(List.of("1", "long"));
    }

    @Test
    void anUnchangedToastedValueThatNobodyKnowsLeavesItsColumnOut() {
        var plan = plan(upsert(10, "1", ValueForm.UNAVAILABLE, streamed(100L, 110)));

        var group = plan.tables().get(0).upserts().get(0);
        assertThat(group.columns()).extracting(ColumnShape::name).containsExactly("id");
        assertThat(rows(plan)).containsExactly(List.of("1"));
    }

    /** Read again from in front of the update, after the row was deleted: an insert would lack the value, and be refused. */
    @Test
    void anUpdateThatLacksAValueIsForARowThatIsThere() {
        assertThat(isOnlyWhereThereIsOne(upsert(10, "1", ValueForm.UNAVAILABLE, streamed(100L, 110))))
                .isTrue();
        assertThat(isOnlyWhereThereIsOne(upsert(10, "1", "sent", streamed(100L, 110))))
                .isFalse();
        assertThat(isOnlyWhereThereIsOne(
                        insert(10, "1", ValueForm.UNAVAILABLE, streamed(100L, 110)),
                        upsert(11, "1", ValueForm.UNAVAILABLE, streamed(120L, 130))))
                .as("the second half of a key change is a row that was never there")
                .isFalse();
    }

    private static boolean isOnlyWhereThereIsOne(Decoded... events) {
        return plan(events).tables().get(0).upserts().get(0).onlyWhereThereIsOne();
    }

    private static Decoded insert(long offset, String key, String text, Source source) {
        return new Decoded.Upsert(P0, offset, SHAPE, Operation.INSERT, List.of(key), Arrays.asList(key, text), source);
    }

    @Test
    void snapshotRowsAreMarkedAndCarryTheSnapshotsLsn() {
        var plan = plan(
                snapshotRow(P0, 10, "1", 500, Snapshot.PART), snapshotRow(P1, 20, "2", 500, Snapshot.LAST_OF_TABLE));

        assertThat(plan.snapshotMarks()).containsExactly(new SnapshotMark(TABLE, 500, P0.topic(), true, false, 500));
        assertThat(plan.tables().get(0).upserts().get(0).rows())
                .extracting(Plan.RowUpsert::after)
                .containsOnly(500L);
    }

    @Test
    void theFirstTransactionAfterASnapshotIsProvenToBeLaterThanIt() {
        // It was in flight when the snapshot was taken: its row lsn is lower, and it must survive the sweep at 500.
        var inFlight = upsert(11, "2", "late", streamed(null, 450));

        var sameBatch = plan(snapshotRow(P1, 20, "1", 500, Snapshot.PART), inFlight);
        var laterBatch =
                BatchPlanner.plan(List.of(inFlight), START, List.of(new KnownSnapshot(500, KnownSnapshot.NOT_KNOWN)));

        assertThat(afterOf(sameBatch, "late")).isEqualTo(-500);
        assertThat(afterOf(laterBatch, "late")).isEqualTo(-500);
        assertThat(BatchPlanner.needsSnapshots(List.of(inFlight))).isTrue();
    }

    /** The clocks only decide where the partition does not: see {@link KnownSnapshot}. */
    @Test
    void whichSnapshotItCameAfterIsToldByItsPartitionAndElseByTheClocks() {
        var event = upsert(11, "2", "first", new Source(450, null, 10_000_000, Snapshot.NONE));

        assertThat(firstAfter(event, null, new KnownSnapshot(500, 12_000_000)))
                .as("taken within two seconds")
                .isEqualTo(-500);
        assertThat(firstAfter(event, null, new KnownSnapshot(500, 12_000_001)))
                .as("taken later")
                .isEqualTo(-450);
        assertThat(firstAfter(event, new SnapshotStart(500, 10), new KnownSnapshot(500, 60_000_000)))
                .as("it has a row in front of the event")
                .isEqualTo(-500);
        assertThat(firstAfter(event, new SnapshotStart(500, 12), new KnownSnapshot(500, 60_000_000)))
                .as("its rows come behind the event, which is read again")
                .isEqualTo(-450);

        var alsoInTheBatch =
                plan(snapshotRow(P0, 10, "1", 500, Snapshot.PART), event, snapshotRow(P1, 20, "3", 600, Snapshot.PART));
        assertThat(alsoInTheBatch.advances().get(P0).to().snapshot()).isEqualTo(new SnapshotStart(500, 10));
    }

    private static long firstAfter(Decoded event, SnapshotStart ofPartition, KnownSnapshot known) {
        return afterOf(
                BatchPlanner.plan(
                        List.of(event), Map.of(P0, new PartitionState(10, null, ofPartition)), List.of(known)),
                "first");
    }

    private static long afterOf(Plan plan, String text) {
        return plan.tables().get(0).upserts().stream()
                .flatMap(group -> group.rows().stream())
                .filter(row -> row.values().contains(text))
                .findFirst()
                .orElseThrow()
                .after();
    }

    @Test
    void whatCannotBeDecodedIsParkedAndTheOffsetMovesOn() {
        var plan = plan(
                new Decoded.Undecodable(P0, 10, new byte[0], new byte[0], "k", "bad JSON"),
                new Decoded.Tombstone(P0, 11));

        assertThat(plan.parked()).hasSize(1);
        assertThat(plan.advances().get(P0).to().nextOffset()).isEqualTo(12);
    }

    private static Decoded leave(long offset, String key, Source source) {
        return new Decoded.Delete(P0, offset, SHAPE, List.of(key), source, true);
    }

    private static Decoded arrive(long offset, String key, String text, Source source) {
        return new Decoded.Upsert(P0, offset, SHAPE, Operation.INSERT, List.of(key), Arrays.asList(key, text), source);
    }

    @Test
    void aRowWithANewKeyTakesWhatItLacksFromTheRowThatLeftTheOldOne() {
        var plan =
                plan(leave(10, "1", streamed(100L, 110)), arrive(11, "2", ValueForm.UNAVAILABLE, streamed(100L, 110)));

        var work = plan.tables().get(0);
        assertThat(work.left()).singleElement().satisfies(row -> {
            assertThat(row.change()).isEqualTo(new Plan.KeyChange(110, 110));
            assertThat(row.key()).containsExactly("1");
            assertThat(row.known()).isEmpty();
        });
        assertThat(work.upserts()).singleElement().satisfies(group -> {
            assertThat(group.carried()).extracting(ColumnShape::name).containsExactly("text");
            assertThat(group.onlyWhereThereIsOne()).isFalse();
            assertThat(group.rows().get(0).arrival().change()).isEqualTo(new Plan.KeyChange(110, 110));
        });
    }

    @Test
    void whatTheBatchTellsOfARowThatLeavesItsKeyIsNotTakenFromTheTable() {
        var plan = plan(
                upsert(10, "1", "new", streamed(100L, 110)),
                leave(11, "1", streamed(100L, 120)),
                arrive(12, "2", ValueForm.UNAVAILABLE, streamed(100L, 120)),
                leave(13, "2", streamed(100L, 130)),
                arrive(14, "3", ValueForm.UNAVAILABLE, streamed(100L, 130)));

        var left = plan.tables().get(0).left();
        assertThat(left).extracting(Plan.RowLeft::known).first().isEqualTo(List.of("1", "new"));
        assertThat(left).extracting(Plan.RowLeft::cameBy).containsExactly(null, new Plan.KeyChange(120, 120));
    }

    @Test
    void nothingIsKeptWhereTheEventOfTheNewKeyTellsAll() {
        var plan = plan(leave(10, "1", streamed(100L, 110)), arrive(11, "2", "all", streamed(100L, 110)));

        assertThat(plan.tables().get(0).left()).isEmpty();
        assertThat(rows(plan)).containsExactly(List.of("2", "all"));
    }

    @Test
    void aDeleteThatIsParkedSaysSoToTheRowOfTheNewKey() {
        var delete = (Decoded.Delete) leave(10, "1", streamed(100L, 110));
        var plan = plan(new Decoded.Refused(delete, null, null, "1", Decoded.Why.BEHIND, "behind", null));

        assertThat(plan.tables().get(0).left())
                .singleElement()
                .satisfies(row -> assertThat(row.parked()).isTrue());
    }
}
