package dev.failureaware.cdc.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.failureaware.cdc.model.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of a failure, by what was seen of it. */
class AttemptTest {
    private static final Scenario.Verification WANTED = Scenario.Verification.byDefault();
    private static final Instant DUE = FakeTime.START.plusSeconds(30);
    private static final Instant LIFTED = DUE.plusSeconds(8);

    private final Attempt attempt = new Attempt(new Schedule.Due(Scenario.Failure.of("f", FaultType.RESTART), DUE));
    private final Evidence evidence = new Evidence();

    @Test
    void a_hit_that_is_consistent_in_time_passes() {
        broken();

        attempt.settled(passed(LIFTED.plusMillis(2500), 9));

        var outcome = attempt.outcome();
        assertThat(outcome.verdict()).isEqualTo(OutcomeVerdict.PASS);
        assertThat(outcome.timeToConsistencySeconds()).isEqualTo(2.5);
        assertThat(outcome.shiftSeconds()).isEqualTo(1.0);
        assertThat(outcome.maxLagEvents()).isEqualTo(70);
        assertThat(outcome.duplicatesAbsorbed()).isEqualTo(6);
        assertThat(outcome.rowsLost()).isZero();
        assertThat(outcome.detail()).isEmpty();
    }

    @Test
    void a_miss_is_inconclusive_however_consistent() {
        broken();
        evidence.mustHold(false, "nobody was there");

        attempt.settled(passed(LIFTED.plusSeconds(1), 3));

        assertThat(attempt.outcome().verdict()).isEqualTo(OutcomeVerdict.INCONCLUSIVE);
        assertThat(attempt.outcome().detail()).isEqualTo("nobody was there");
    }

    @Test
    void a_pass_after_the_tolerance_fails_and_says_when_it_came() {
        broken();

        attempt.settled(passed(LIFTED.plusSeconds(31), 3));

        var outcome = attempt.outcome();
        assertThat(outcome.verdict()).isEqualTo(OutcomeVerdict.FAIL);
        assertThat(outcome.timeToConsistencySeconds()).isEqualTo(31);
        assertThat(outcome.detail()).isEqualTo("consistent only after 31.0 s, tolerated are 30.0 s");
    }

    @ParameterizedTest
    @CsvSource({"FAIL,FAIL,2", "SYNC_IN_PROGRESS,FAIL,2", "UNKNOWN,UNKNOWN,", "nonsense,UNKNOWN,"})
    void without_a_pass_the_last_verification_decides(String status, OutcomeVerdict verdict, Long rowsLost) {
        broken();

        attempt.settled(
                new Settled(LIFTED, WANTED, Optional.empty(), Optional.of(report(status, 3)), Optional.empty()));

        assertThat(attempt.outcome().verdict()).isEqualTo(verdict);
        assertThat(attempt.outcome().rowsLost()).isEqualTo(rowsLost);
        assertThat(attempt.outcome().recoveredAt()).isNull();
    }

    @Test
    void a_verifier_that_could_not_be_asked_makes_it_unknown() {
        broken();

        attempt.settled(new Settled(LIFTED, WANTED, Optional.empty(), Optional.empty(), Optional.of("refused")));

        assertThat(attempt.outcome().verdict()).isEqualTo(OutcomeVerdict.UNKNOWN);
        assertThat(attempt.outcome().detail()).contains("refused");
        assertThat(attempt.outcome().rowsLost()).isNull();
    }

    @Test
    void a_failure_that_could_not_be_lifted_fails_even_when_consistent() {
        broken();
        attempt.note(OutcomeVerdict.FAIL, "did not come back");

        attempt.settled(passed(LIFTED.plusSeconds(1), 3));

        assertThat(attempt.outcome().verdict()).isEqualTo(OutcomeVerdict.FAIL);
    }

    @Test
    void without_a_steady_state_nothing_was_proven() {
        attempt.steady(new Settled(DUE, WANTED, Optional.empty(), Optional.of(report("FAIL", 0)), Optional.empty()));

        var outcome = attempt.outcome();
        assertThat(outcome.verdict()).isEqualTo(OutcomeVerdict.INCONCLUSIVE);
        assertThat(outcome.detail()).contains("no steady state");
        assertThat(outcome.injectedAt()).isNull();
        assertThat(outcome.shiftSeconds()).isNull();
    }

    @Test
    void a_break_that_nobody_judged_is_unknown() {
        broken();

        assertThat(attempt.outcome().verdict()).isEqualTo(OutcomeVerdict.UNKNOWN);
    }

    @Test
    void a_table_that_the_verifier_left_out_is_no_pass() {
        var wanted =
                new Scenario.Verification(List.of("public.customers", "invoices"), "full", 30, Scenario.Check.all());
        var report = report("PASS", 0);

        assertThat(report.statusOf(wanted)).isEqualTo(Verdict.UNKNOWN);
        assertThat(report.explanation(wanted)).isEqualTo("table invoices was not verified");
    }

    private void broken() {
        attempt.steady(new Settled(
                DUE.minusSeconds(5),
                WANTED,
                Optional.of(DUE.minusSeconds(4)),
                Optional.of(report("PASS", 3)),
                Optional.empty()));
        attempt.evidence(evidence);
        attempt.injected(DUE.plusSeconds(1));
        attempt.reverted(LIFTED);
        attempt.highestLag(OptionalLong.of(70));
    }

    private static Settled passed(Instant at, long duplicates) {
        return new Settled(LIFTED, WANTED, Optional.of(at), Optional.of(report("PASS", duplicates)), Optional.empty());
    }

    private static VerificationReport report(String status, long duplicates) {
        return new VerificationReport(json(FakePipeline.reportJson(status, duplicates)));
    }

    private static JsonNode json(String text) {
        try {
            return new JsonMapper().readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
