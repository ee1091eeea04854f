package dev.failureaware.cdc.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SettlingTest {
    private final FakeTime time = new FakeTime();
    private final List<Duration> limits = new ArrayList<>();

    /** The last one begins a second before the tolerance is over. */
    @Test
    void a_verification_that_begins_within_the_tolerance_is_let_finish() throws Exception {
        var settled = settle(slow(Duration.ofSeconds(4), "FAIL"), 10);

        assertThat(settled.verdict()).isEqualTo(OutcomeVerdict.FAIL);
        assertThat(limits).hasSize(3);
    }

    @Test
    void a_pass_that_comes_after_the_tolerance_is_a_failure_with_its_time() throws Exception {
        var settled = settle(slow(Duration.ofSeconds(4), "PASS"), 1);

        assertThat(settled.verdict()).isEqualTo(OutcomeVerdict.FAIL);
        assertThat(settled.explanation()).isEqualTo("consistent only after 4.0 s, tolerated are 1.0 s");
    }

    /** Others who want a verdict wait for the one that is under way. */
    @Test
    void a_long_tolerance_is_no_long_verification() throws Exception {
        var settled = settle(slow(Duration.ofMinutes(5), "PASS"), 120);

        assertThat(settled.verdict()).isEqualTo(OutcomeVerdict.UNKNOWN);
        assertThat(limits).hasSizeGreaterThan(2).allMatch(limit -> limit.compareTo(Duration.ofSeconds(30)) <= 0);
    }

    private Settled settle(VerifierClient verifier, double toleranceSeconds) throws InterruptedException {
        var wanted = new Scenario.Verification(List.of(), "full", toleranceSeconds, List.of());
        return new Settling(verifier, time.time()).await(FakeTime.START, wanted);
    }

    /** Knows nothing where it is given less time than it takes. */
    private VerifierClient slow(Duration takes, String status) {
        return new VerifierClient(null) {
            @Override
            VerificationReport verify(Duration limit) {
                limits.add(limit);
                var inTime = takes.compareTo(limit) <= 0;
                time.pass(inTime ? takes : limit);
                return new VerificationReport(
                        JsonNodeFactory.instance.objectNode().put("status", inTime ? status : "UNKNOWN"));
            }
        };
    }
}
