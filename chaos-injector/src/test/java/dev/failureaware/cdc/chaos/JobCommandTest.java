package dev.failureaware.cdc.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bad lines; what good ones do is shown by {@link KubernetesInjectorIT}. */
class JobCommandTest {
    /** Nobody listens on the discard port. */
    private static final String NOBODY = "http://127.0.0.1:9";

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "run now",
                "run --file",
                "run --file no-such-file.json",
                "run --format json",
                "run --fast",
                "trigger",
                "trigger meteor",
                "trigger lag --file scenario.json",
                "report --format pdf",
                "report --url :"
            })
    void a_bad_line_is_answered_with_the_usage(String line) throws InterruptedException {
        assertThat(run(Map.of("CDC_API_TOKEN", "secret", "CDC_INJECTOR_URL", NOBODY), line))
                .isEqualTo(2);

        assertThat(text(err)).contains("usage: run");
    }

    @Test
    void without_a_token_nobody_is_asked() throws InterruptedException {
        assertThat(run(Map.of("CDC_INJECTOR_URL", NOBODY), "run")).isEqualTo(2);

        assertThat(text(err)).contains("CDC_API_TOKEN is not set");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"run", "trigger lag", "trigger lag --dry-run", "report", "report --url http://127.0.0.1:9/"})
    void an_injector_that_does_not_answer_is_named(String line) throws InterruptedException {
        assertThat(run(Map.of("CDC_API_TOKEN", "secret", "CDC_INJECTOR_URL", NOBODY), line))
                .isEqualTo(3);

        assertThat(text(err)).contains("does not answer at " + NOBODY);
    }

    private int run(Map<String, String> environment, String line) throws InterruptedException {
        return new JobCommand(new PrintStream(out), new PrintStream(err), environment, Duration.ZERO)
                .run(line.split(" "));
    }

    private static String text(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8);
    }
}
