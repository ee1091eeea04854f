package dev.failureaware.cdc.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.failureaware.cdc.model.Verdict;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VerificationsTest {
    @Test
    void beforeTheFirstVerificationEveryFormOfTheReportSaysThatNothingIsKnown() {
        var verifications = new Verifications(
                null,
                new History(Optional.empty(), new ObjectMapper()),
                null,
                Effort.onDemand(Duration.ofSeconds(1)),
                Clock.systemUTC());

        var report = verifications.last();

        assertThat(report.status()).isEqualTo(Verdict.UNKNOWN);
        assertThat(report.checks()).isNotEmpty().allMatch(check -> check.status() == Verdict.UNKNOWN);
        assertThat(TextReport.of(report)).startsWith("UNKNOWN ").contains("no verification has finished yet");
        assertThat(HtmlReport.of(report, Course.NONE)).contains("<title>UNKNOWN", "no verification has finished yet");
        assertThat(JUnitReport.of(report)).contains("failures=\"0\" errors=\"5\"", "not made yet");
    }
}
