package dev.failureaware.cdc.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.failureaware.cdc.model.Verdict;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class VerificationsTest {
    @Test
    void beforeTheFirstVerificationEveryFormOfTheReportSaysThatNothingIsKnown() {
        var verifications = new Verifications(
                null,
                new History(Optional.empty(), new ObjectMapper()),
                new Metrics(new SimpleMeterRegistry()),
                Effort.onDemand(Duration.ofSeconds(1)),
                Clock.systemUTC());

        var report = verifications.last();

        assertThat(report.status()).isEqualTo(Verdict.UNKNOWN);
        assertThat(report.checks()).isNotEmpty().allMatch(check -> check.status() == Verdict.UNKNOWN);
        assertThat(TextReport.of(report)).startsWith("UNKNOWN ").contains("no verification has finished yet");
        assertThat(HtmlReport.of(report, Course.NONE)).contains("<title>UNKNOWN", "no verification has finished yet");
        assertThat(JUnitReport.of(report)).contains("failures=\"0\" errors=\"5\"", "not made yet");
    }

    /** However long the other one may take. */
    @Test
    void whoGetsNoTurnInTimeIsToldSoAndThatIsNoVerification() throws Exception {
        var begun = new CompletableFuture<Void>();
        var otherEnds = new CompletableFuture<Report>();
        var history = new History(Optional.empty(), new ObjectMapper());
        var verifications = new Verifications(
                effort -> {
                    begun.complete(null);
                    return otherEnds.join();
                },
                history,
                new Metrics(new SimpleMeterRegistry()),
                Effort.onDemand(Duration.ofSeconds(1)),
                Clock.systemUTC());
        CompletableFuture.runAsync(() -> verifications.now(Duration.ofHours(1)));
        begun.join();

        var report = CompletableFuture.supplyAsync(() -> verifications.now(Duration.ofSeconds(1)))
                .get(1, TimeUnit.MINUTES);

        assertThat(report.status()).isEqualTo(Verdict.UNKNOWN);
        assertThat(report.reason())
                .isEqualTo("no verification could begin: others took all of the 1 s that it may take");
        assertThat(history.all()).isEmpty();
        assertThat(verifications.last().reason()).contains("no verification has finished yet");
        otherEnds.cancel(true);
    }
}
