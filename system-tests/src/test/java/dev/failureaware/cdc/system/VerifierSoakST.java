package dev.failureaware.cdc.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Verifications back to back under load: one half of a pipeline that nothing disturbs, the other while failures come and
 * go. {@code make soak-verifier} runs it for longer; what it prints says what was measured.
 */
@Tag("long")
class VerifierSoakST {
    private static final List<String> FAILURES = List.of("restart", "lag", "schema", "duplicate", "backfill");
    private static final int VERIFICATIONS = Integer.getInteger("soak.verifications", 10);
    /** Each is waited for. */
    private static final int FAILURES_CAUSED = Integer.getInteger("soak.failures", 1);

    private static final int COMMITS_PER_SECOND = Integer.getInteger("soak.rate", 20);
    private static final int VERIFICATIONS_IN_A_LINE = 25;
    /** A failure may outlast it: then the verdict is that nobody knows. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    /** Failures that are caused one by one are judged as this one's are. */
    private static final String PATIENT_SCENARIO =
            Path.of("src/test/resources/patient-scenario.json").toAbsolutePath().toString();

    private final Map<String, Integer> verdicts = new TreeMap<>();
    private final Map<String, Integer> reasons = new TreeMap<>();
    private final Instant began = Instant.now();
    private final Stack stack = new Stack(
            "verifier-soak",
            Map.of(
                    "LOAD_RATE",
                    String.valueOf(COMMITS_PER_SECOND),
                    "LOAD_WRITERS",
                    "2",
                    "VERIFIER_EVERY",
                    "off",
                    "INJECTOR_SCENARIO",
                    PATIENT_SCENARIO));
    private int verifications;
    private int caused;

    @BeforeEach
    void start() {
        assertThat(stack.run("clean").exitCode()).isZero();
        var up = stack.run("up");
        assertThat(up.exitCode()).as(up.output()).isZero();
    }

    @AfterEach
    void stop() {
        stack.run("down");
    }

    @Test
    void aCorrectPipelineNeverFailsAndPassesWhileNothingDisturbsIt() {
        assertThat(stack.firstVerdict().path("status").asText()).isEqualTo("PASS");

        var undisturbed = new Load();
        while (verifications < VERIFICATIONS / 2) {
            verify("undisturbed", List.of("PASS"));
        }
        print("undisturbed: %s", undisturbed);
        var disturbed = new Load();
        while (wantsMore() || isBroken()) {
            if (isFailureDue() && !isBroken()) {
                stack.call("chaos-injector", "POST", "/trigger/" + FAILURES.get(caused++ % FAILURES.size()));
            }
            verify("disturbed", List.of("PASS", "SYNC_IN_PROGRESS", "UNKNOWN"));
        }
        print("disturbed: %s", disturbed);
        verify("at the end", List.of("PASS"));

        print("verdicts: %s", verdicts);
        reasons.forEach((reason, times) -> print("%6d x %s", times, reason));
        print("failures: %s", failures());
        assertThat(failures().values()).noneMatch(outcomes -> outcomes.contains("FAIL"));
    }

    private boolean wantsMore() {
        return verifications < VERIFICATIONS || caused < FAILURES_CAUSED;
    }

    /** Spread over the second half: one after the other without a pause, that of a thousand would take over an hour. */
    private boolean isFailureDue() {
        var half = VERIFICATIONS / 2;
        return caused < FAILURES_CAUSED && verifications >= half + half * caused / FAILURES_CAUSED;
    }

    private boolean isBroken() {
        return stack.call("chaos-injector", "GET", "/scenario")
                .path("state")
                .asText()
                .equals("running");
    }

    private void verify(String part, List<String> allowed) {
        var report = stack.verify(PATIENCE);
        var status = status(report);
        verifications++;
        verdicts.merge(part + " " + status, 1, Integer::sum);
        if (!status.equals("PASS")) {
            reasons.merge(status + ": " + kind(report.path("reason").asText()), 1, Integer::sum);
        }
        if (verifications % VERIFICATIONS_IN_A_LINE == 0) {
            print("%d verifications, %d failures caused: %s", verifications, caused, verdicts);
        }
        assertThat(allowed)
                .as(() -> "verification %d, %s: %s\nfailures: %s"
                        .formatted(
                                verifications, part, report.toPrettyString(), stack.call("verifier", "GET", "/faults")))
                .contains(status);
    }

    /** Without the numbers, which differ each time. */
    private static String kind(String reason) {
        return reason.replaceAll("[0-9A-F]+/[0-9A-F]+", "LSN").replaceAll("\\d+", "N");
    }

    private static String status(JsonNode report) {
        return report.path("status").asText();
    }

    /** Outcomes by type, as the verifier has heard of them. */
    private Map<String, List<String>> failures() {
        return StreamSupport.stream(stack.call("verifier", "GET", "/faults").spliterator(), false)
                .collect(Collectors.groupingBy(
                        fault -> fault.path("type").asText(),
                        TreeMap::new,
                        Collectors.mapping(fault -> fault.path("outcome").asText(), Collectors.toList())));
    }

    private void print(String form, Object... values) {
        System.out.printf(
                Locale.ROOT,
                "soak-verifier %5d s  %s%n",
                Duration.between(began, Instant.now()).toSeconds(),
                form.formatted(values));
    }

    /** What was committed and verified since it was made. */
    private final class Load {
        private final Instant since = Instant.now();
        private final long commits = commits();
        private final int before = verifications;

        private long commits() {
            return stack.call("load-generator", "GET", "/stats")
                    .path("acknowledged")
                    .asLong();
        }

        @Override
        public String toString() {
            var seconds = Duration.between(since, Instant.now()).toMillis() / 1000.0;
            return String.format(
                    Locale.ROOT,
                    "%d verifications in %.0f s, %.0f commits/s of %d wanted",
                    verifications - before,
                    seconds,
                    (commits() - commits) / seconds,
                    COMMITS_PER_SECOND);
        }
    }
}
