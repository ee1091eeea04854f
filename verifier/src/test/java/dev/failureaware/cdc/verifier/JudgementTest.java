package dev.failureaware.cdc.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.failureaware.cdc.model.TableId;
import dev.failureaware.cdc.model.Verdict;
import dev.failureaware.cdc.verifier.Look.Seen;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class JudgementTest {
    private static final TableShape SHAPE = new TableShape(
            new TableId("public", "t"),
            List.of(new Column("id", "integer", true, 1, ColumnType.builtIn("int4"))),
            List.of("id"));
    private static final TablePair PAIR = TablePair.of(SHAPE, SHAPE);
    private static final Seen ROW = new Seen(1, 100, 1);

    private final Judgement judgement = new Judgement();

    @Test
    void nothingFoundIsAPassWithoutAReason() {
        judgement.rows(List.of(check()));

        assertThat(judgement.status()).isEqualTo(Verdict.PASS);
        assertThat(judgement.reason()).isNull();
    }

    @Test
    void asManyMissingAsOrphansMatchInNumberOnly() {
        judgement.rows(List.of(check(
                settled("1", new Look(ROW, Seen.NOTHING, ROW)),
                settled("2", new Look(Seen.NOTHING, ROW, Seen.NOTHING)))));

        assertThat(status(CheckName.ROW_COUNT_MATCH)).isEqualTo(Verdict.PASS);
        assertThat(status(CheckName.DATA_INTEGRITY)).isEqualTo(Verdict.FAIL);
        assertThat(status(CheckName.NO_ORPHANS)).isEqualTo(Verdict.FAIL);
        assertThat(judgement.failures()).hasSize(2);
    }

    @Test
    void whatNeverSettlesIsNeitherPassNorFail() {
        judgement.rows(List.of(check(new Candidate(List.of("1")))));

        assertThat(judgement.status()).isEqualTo(Verdict.SYNC_IN_PROGRESS);
        assertThat(judgement.reason()).contains("1 rows were written at every look");
    }

    @Test
    void aFailureFoundBeforeAnInterruptionStands() {
        judgement.rows(List.of(check(settled("1", new Look(ROW, Seen.NOTHING, ROW)))));

        judgement.interrupted(Verdict.UNKNOWN, "the sink database is not reachable");

        assertThat(judgement.status()).isEqualTo(Verdict.FAIL);
        assertThat(status(CheckName.NO_ORPHANS)).isEqualTo(Verdict.UNKNOWN);
        assertThat(judgement.reason()).contains("missing");
    }

    @Test
    void theSinksRowsAreCountedAsOfTheSourcesReading() {
        var check = check(settled("1", new Look(ROW, Seen.NOTHING, ROW)));

        assertThat(check.sourceRows()).isEqualTo(10);
        assertThat(check.sinkRows()).isEqualTo(9);
    }

    private Verdict status(CheckName name) {
        return judgement.checks().stream()
                .filter(check -> check.name().equals(name.label()))
                .findFirst()
                .orElseThrow()
                .status();
    }

    private static TableCheck check(Candidate... candidates) {
        var check = new TableCheck(PAIR, 20);
        check.read(10, 12);
        Stream.of(candidates).forEach(check::add);
        check.completed();
        return check;
    }

    private static Candidate settled(String key, Look look) {
        var candidate = new Candidate(List.of(key));
        candidate.seen(look);
        candidate.seen(look);
        return candidate;
    }
}
